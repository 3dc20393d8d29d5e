import type { ColumnChunk, Compressors, DecodedArray, FileMetaData, SchemaTree } from 'hyparquet';
import { parquetSchema } from 'hyparquet';
import { parquetHeader, readPage } from 'hyparquet/src/column.js';
import { convert, DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { assembleAsync } from 'hyparquet/src/rowgroup.js';
import { getTreePath, isFlatColumn } from 'hyparquet/src/schema.js';
import { counted, formatExactCount } from '../text/counts';
import type { ColumnDecoder } from './parquetPage';
import { plainPage } from './parquetPage';
import { ParquetFault } from './parquetRuns';

/** Largest number of cells that are read. More would take gigabytes before anything is computed. */
const MOST_CELLS = 2 ** 28;

/**
 * Reads the first rows of a table, by column name. Reads no more pages than these rows need. The library decodes each
 * page, but this module finds the pages and checks their headers, because the library's own loops run as far as a
 * damaged file tells them to.
 * @param only name of the only column to read
 * @throws ParquetFault if metadata and file disagree; Error if a page cannot be decoded
 */
export async function readColumns(
  bytes: Uint8Array<ArrayBuffer>,
  metadata: FileMetaData,
  rows: number,
  compressors: Compressors,
  only?: string,
): Promise<Map<string, unknown[]>> {
  const tree = parquetSchema(metadata);
  const width = only === undefined ? tree.children.length : 1;
  if (rows * Math.max(1, width) > MOST_CELLS) {
    throw new ParquetFault(
      `it has ${counted(rows, 'row')} of ${counted(width, 'column')}, which are too many to be read at once`,
    );
  }
  const cells = new Map<string, unknown[]>();
  let first = 0;
  for (const group of metadata.row_groups) {
    if (first >= rows) break;
    const groupRows = Number(group.num_rows);
    if (!(groupRows >= 0)) throw new ParquetFault(`a group of ${formatExactCount(groupRows)} rows`);
    const wanted = Math.min(groupRows, rows - first);
    const chunks = group.columns.filter(
      ({ meta_data: meta }) => only === undefined || meta?.path_in_schema[0] === only,
    );
    const asyncColumns = chunks.map((chunk) => readChunk(bytes, chunk, wanted, tree, compressors));
    const assembled = assembleAsync(
      { groupStart: first, groupRows, selectStart: 0, selectEnd: wanted, asyncColumns },
      tree,
    );
    for (const { pathInSchema, data } of assembled.asyncColumns) {
      const [name] = pathInSchema;
      const column = cells.get(name) ?? new Array<unknown>(rows);
      cells.set(name, column);
      let row = first;
      for (const part of (await data).data) {
        for (let i = 0; i < part.length && row < first + wanted; i++) column[row++] = part[i];
      }
    }
    first += groupRows;
  }
  return cells;
}

function readChunk(
  bytes: Uint8Array<ArrayBuffer>,
  { meta_data: meta, file_path }: ColumnChunk,
  wanted: number,
  tree: SchemaTree,
  compressors: Compressors,
): { pathInSchema: string[]; data: Promise<{ data: DecodedArray[]; skipped: number }> } {
  if (!meta || file_path) throw new ParquetFault('a column lies in another file');
  const from = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const to = from + Number(meta.total_compressed_size);
  if (!(from >= 0 && to >= from && to <= bytes.length)) {
    throw new ParquetFault(
      `a column from byte ${formatExactCount(from)} to ${formatExactCount(to)} of ${formatExactCount(bytes.length)}`,
    );
  }
  const schemaPath = getTreePath(tree, meta.path_in_schema);
  const decoder: ColumnDecoder = {
    ...meta,
    pathInSchema: meta.path_in_schema,
    element: schemaPath[schemaPath.length - 1].element,
    schemaPath,
    compressors,
    parsers: DEFAULT_PARSERS,
  };
  // The copy is aligned, so the decoder can view parts of it as numbers.
  const data = readPages(bytes.slice(from, to), decoder, wanted);
  return { pathInSchema: meta.path_in_schema, data: Promise.resolve({ data, skipped: 0 }) };
}

/** Reads the pages of a column in order. Reads every page of a list column, because lists may span pages. */
function readPages(bytes: Uint8Array<ArrayBuffer>, decoder: ColumnDecoder, wanted: number): DecodedArray[] {
  const isFlat = isFlatColumn(decoder.schemaPath);
  const plain: ColumnDecoder = { ...decoder, codec: 'UNCOMPRESSED' };
  const parts: DecodedArray[] = [];
  let dictionary: DecodedArray | undefined;
  let last: DecodedArray | undefined;
  let rows = 0;
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  while (reader.offset < bytes.length - 1 && (!isFlat || rows < wanted)) {
    const header = parquetHeader(reader);
    const page = plainPage(header, bytes.subarray(reader.offset), decoder);
    reader.offset += header.compressed_page_size;
    const view = new DataView(page.bytes.buffer, page.bytes.byteOffset, page.bytes.byteLength);
    const isDictionary = header.type === 'DICTIONARY_PAGE';
    const before = last?.length ?? 0;
    const { data } = readPage({ view, offset: 0 }, page.header, plain, dictionary, isDictionary ? undefined : last, 0);
    if (!data) continue;
    if (isDictionary) dictionary = convert(data, plain);
    // For columns with optional values, the library appends to the last array.
    else if (data === last) rows += data.length - before;
    else if (data.length > 0) {
      parts.push(data);
      rows += data.length;
      last = data;
    }
  }
  return parts;
}
