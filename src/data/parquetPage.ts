import type { PageHeader } from 'hyparquet';
import type { readPage } from 'hyparquet/src/column.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel } from 'hyparquet/src/schema.js';
import { checkDeltas, countInRuns, ParquetFault } from './parquetRuns';

/** What the library has to know of a column. */
export type ColumnDecoder = Parameters<typeof readPage>[2];

/** Values of one page; writers end a page after a MiB or 20,000 rows. */
const MOST_VALUES = 2 ** 26;

/** Bytes of one page when unpacked. */
const MOST_BYTES = 2 ** 30;

/** How much a byte may unpack to, where the method has a bound: copies of 64 bytes in 3; see `canUnpackTo`. */
const GROWTH: Partial<Record<ColumnDecoder['codec'], number>> = { UNCOMPRESSED: 1, SNAPPY: 32, GZIP: 1032 };

/** A page's contents and its header, both as for a page that was never compressed. */
export interface PlainPage {
  header: PageHeader;
  bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Unpacks a page and compares everything its header and its runs promise with what is there, so that the decoder, which
 * believes them, ends and takes no more memory than the values that the page says it has.
 * @param bytes from the page's contents on
 * @throws ParquetFault, and whatever decompression throws
 */
export function plainPage(header: PageHeader, bytes: Uint8Array<ArrayBuffer>, decoder: ColumnDecoder): PlainPage {
  const { compressed_page_size: packedSize, uncompressed_page_size: size } = header;
  checkCount('a compressed page', packedSize, bytes.length);
  checkCount('a page', size, MOST_BYTES);
  if (size > (GROWTH[decoder.codec] ?? Infinity) * packedSize + SLACK) {
    throw new ParquetFault(`a page of ${size} bytes cannot come of ${packedSize}`);
  }
  const packed = bytes.subarray(0, packedSize);
  const v2 = header.data_page_header_v2;
  const plain = v2
    ? unpackedV2(v2, header, packed, decoder)
    : (decompressPage(packed, size, decoder.codec, decoder.compressors) as Uint8Array<ArrayBuffer>);
  if (header.dictionary_page_header) checkCount('a dictionary', header.dictionary_page_header.num_values, MOST_VALUES);
  if (header.data_page_header) checkV1(header.data_page_header, plain, decoder);
  if (v2) checkV2(v2, plain, decoder);
  return {
    header: {
      ...header,
      compressed_page_size: plain.length,
      ...(v2 && { data_page_header_v2: { ...v2, is_compressed: false } }),
    },
    bytes: plain,
  };
}

/** A page of no values may be packed into a few bytes. */
const SLACK = 64;

type V1 = NonNullable<PageHeader['data_page_header']>;
type V2 = NonNullable<PageHeader['data_page_header_v2']>;

/** Levels stand before the values and are never packed. */
function unpackedV2(
  v2: V2,
  { uncompressed_page_size: size }: PageHeader,
  packed: Uint8Array<ArrayBuffer>,
  { codec, compressors }: ColumnDecoder,
): Uint8Array<ArrayBuffer> {
  const { repetition_levels_byte_length: repetition, definition_levels_byte_length: definition } = v2;
  checkCount('levels', repetition, packed.length);
  checkCount('levels', definition, packed.length - repetition);
  if (v2.is_compressed === false || codec === 'UNCOMPRESSED') return packed;
  const levels = repetition + definition;
  checkCount('levels', levels, size);
  const values = decompressPage(packed.subarray(levels), size - levels, codec, compressors);
  const plain = new Uint8Array(levels + values.length);
  plain.set(packed.subarray(0, levels));
  plain.set(values, levels);
  return plain;
}

function checkV1({ num_values: count, encoding }: V1, page: Uint8Array, decoder: ColumnDecoder): void {
  checkCount('values', count, MOST_VALUES);
  const { schemaPath } = decoder;
  const [repetition, definition] = [getMaxRepetitionLevel(schemaPath), getMaxDefinitionLevel(schemaPath)];
  let at = 0;
  let present = count;
  for (const most of [schemaPath.length > 1 ? repetition : 0, definition]) {
    if (most === 0) continue;
    const length = uint32(page, at);
    const equal = countInRuns(page, at + 4, bitWidth(most), count, most);
    if (most === definition) present = equal;
    at += 4 + length;
    checkCount('levels', at, page.length);
  }
  checkValues(page, at, present, encoding, decoder);
}

function checkV2(v2: V2, page: Uint8Array, decoder: ColumnDecoder): void {
  const { num_values: count, num_nulls: nulls, num_rows: rows } = v2;
  checkCount('values', count, MOST_VALUES);
  checkCount('missing values', nulls, count);
  checkCount('rows', rows, count);
  const [repetition, definition] = [
    getMaxRepetitionLevel(decoder.schemaPath),
    getMaxDefinitionLevel(decoder.schemaPath),
  ];
  const [first, second] = [v2.repetition_levels_byte_length, v2.definition_levels_byte_length];
  if (repetition > 0) countInRuns(page, 0, bitWidth(repetition), count, 0);
  if (definition > 0) countInRuns(page, first, bitWidth(definition), count, 0);
  checkValues(page, first + second, count - nulls, v2.encoding, decoder);
}

function checkValues(
  page: Uint8Array,
  at: number,
  count: number,
  encoding: V1['encoding'],
  { type, element }: ColumnDecoder,
): void {
  switch (encoding) {
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY':
    case 'RLE':
      // Truth values have their length before them, indices into a dictionary their width.
      if (type === 'BOOLEAN' || encoding === 'RLE') countInRuns(page, at + 4, 1, count, 0);
      else if (count > 0 && page[at] > 0) countInRuns(page, at + 1, page[at], count, -1);
      return;
    case 'BYTE_STREAM_SPLIT':
      checkCount('values', count * (BYTES[type] ?? element.type_length ?? 1), page.length - at);
      return;
    case 'DELTA_BINARY_PACKED':
    case 'DELTA_LENGTH_BYTE_ARRAY':
      checkDeltas(page, at);
      return;
    case 'DELTA_BYTE_ARRAY':
      checkPrefixes(page, at, count);
  }
}

const BYTES: Partial<Record<ColumnDecoder['type'], number>> = { INT32: 4, FLOAT: 4, INT64: 8, DOUBLE: 8 };

/** Texts that begin as the one before: no more of it than it has. */
function checkPrefixes(page: Uint8Array, at: number, count: number): void {
  const reader = { view: new DataView(page.buffer, page.byteOffset, page.byteLength), offset: at };
  const [prefixes, suffixes] = [0, 1].map(() => {
    checkDeltas(page, reader.offset);
    const numbers = new Int32Array(count);
    deltaBinaryUnpack(reader, count, numbers);
    return numbers;
  });
  let before = 0;
  for (let i = 0; i < count; i++) {
    checkCount('a common beginning', prefixes[i], before);
    checkCount('a text', suffixes[i], page.length);
    before = prefixes[i] + suffixes[i];
  }
}

function checkCount(what: string, count: number, most: number): void {
  if (Number.isSafeInteger(count) && count >= 0 && count <= most) return;
  throw new ParquetFault(
    Number.isFinite(count) ? `${what} of ${count}, where there can be ${most}` : `the size of ${what} is missing`,
  );
}

function uint32(page: Uint8Array, at: number): number {
  checkCount('levels', at + 4, page.length);
  return new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(at, true);
}

function bitWidth(value: number): number {
  return 32 - Math.clz32(value);
}
