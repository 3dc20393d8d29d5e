import type { PageHeader } from 'hyparquet';
import type { readPage } from 'hyparquet/src/column.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel } from 'hyparquet/src/schema.js';
import { formatExactCount } from '../text/counts';
import { checkDeltas, countInRuns, ParquetFault } from './parquetRuns';

/** The description of a column that the library needs for decoding. */
export type ColumnDecoder = Parameters<typeof readPage>[2];

/** Largest number of values on one page. Writers end a page after 1 MiB or 20,000 rows. */
const MOST_VALUES = 2 ** 26;

/** Largest number of unpacked bytes of one page. */
const MOST_BYTES = 2 ** 30;

/** Bytes that one byte may unpack to, for codecs with a bound. Snappy copies 64 bytes with 3; see `canUnpackTo`. */
const GROWTH: Partial<Record<ColumnDecoder['codec'], number>> = { UNCOMPRESSED: 1, SNAPPY: 32, GZIP: 1032 };

/** The contents and header of a page, as if the page had never been compressed. */
export interface PlainPage {
  header: PageHeader;
  bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Unpacks a page and compares all sizes in its header and its runs with the actual data. The decoder trusts these
 * sizes, so this check ensures that it terminates and uses no more memory than the declared values need.
 * @param bytes the rest of the column from the page's contents on
 * @throws ParquetFault, and whatever decompression throws
 */
export function plainPage(header: PageHeader, bytes: Uint8Array<ArrayBuffer>, decoder: ColumnDecoder): PlainPage {
  const { compressed_page_size: packedSize, uncompressed_page_size: size } = header;
  checkCount('a compressed page', packedSize, bytes.length);
  checkCount('a page', size, MOST_BYTES);
  if (size > (GROWTH[decoder.codec] ?? Infinity) * packedSize + SLACK) {
    throw new ParquetFault(`a page of ${formatExactCount(size)} bytes cannot come of ${formatExactCount(packedSize)}`);
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

/** Bytes that any page may unpack to, because tiny pages exceed the growth of their codec. */
const SLACK = 64;

type V1 = NonNullable<PageHeader['data_page_header']>;
type V2 = NonNullable<PageHeader['data_page_header_v2']>;

/** Unpacks a version 2 page. Its levels precede the values and are never compressed. */
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
      // A length precedes booleans, and a bit width precedes dictionary indices.
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

/** Checks that no text shares a longer prefix with the previous text than that text has. */
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
    Number.isFinite(count)
      ? `${what} of ${formatExactCount(count)}, where there can be ${formatExactCount(most)}`
      : `the size of ${what} is missing`,
  );
}

function uint32(page: Uint8Array, at: number): number {
  checkCount('levels', at + 4, page.length);
  return new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(at, true);
}

function bitWidth(value: number): number {
  return 32 - Math.clz32(value);
}
