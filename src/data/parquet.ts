import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { decompress as unzstd } from 'fzstd';
import type { Compressors } from 'hyparquet';
import { parquetMetadata } from 'hyparquet';
import { UserError } from '../errors';
import { counted, formatExactCount } from '../text/counts';
import type { ArraySource } from './dataset';
import { readBytes, sha256 } from './files';
import type { DataRequest } from './match';
import { readColumns } from './parquetColumns';
import { tableSource } from './table';
import type { Column } from './columns';

/** Decompressors by codec. The library itself unpacks Snappy, the usual codec. */
const compressors: Compressors = {
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
  ZSTD: (input, length) => unzstd(input, new Uint8Array(length)),
};

export function isParquet(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x41 && bytes[2] === 0x52 && bytes[3] === 0x31; // PAR1
}

/** Opens a Parquet table of numbers, fixed-length lists of numbers, and text targets. */
export async function openParquet(
  path: string,
  request: DataRequest,
  read?: Uint8Array<ArrayBuffer>,
): Promise<ArraySource> {
  const bytes = read ?? (await readBytes(path));
  if (!isParquet(bytes)) {
    throw new UserError({ what: 'This is not a Parquet file.', where: [path], action: 'Write the table again.' });
  }
  try {
    const metadata = parquetMetadata(bytes);
    const all = Number(metadata.num_rows);
    const rows = Math.min(all, request.samples ?? Infinity);
    if (rows === 0) throw new UserError({ what: 'The table has no rows.', where: [path] });
    const cells = await readColumns(bytes, metadata, rows, compressors);
    const columns = [...cells].map(([name, values]) => toColumn(name, values, path));
    const table = { kind: 'Parquet', path, columns, rows, sha256: sha256([bytes]) };
    const source = tableSource(table, request);
    const target = source.entries.find(({ key, classes }) => key === source.targetKey && classes);
    if (!target || rows === all) return source;
    // The class indices depend on all names in the file, but only the first rows have been read.
    const whole = (await readColumns(bytes, metadata, all, compressors, target.key)).get(target.key) ?? [];
    const names = new Set(whole.filter((value) => typeof value === 'string'));
    const numbered = columns.map((column) =>
      column.name === target.key && column.kind === 'text' ? { ...column, names } : column,
    );
    return tableSource({ ...table, columns: numbered }, request);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(
      {
        what: `The Parquet file cannot be read: ${reason}.`,
        where: [path],
        action: 'Write it again, uncompressed or with snappy, zstd, gzip or brotli compression.',
      },
      { cause },
    );
  }
}

function toColumn(name: string, values: unknown[], path: string): Column {
  const broken = (what: string, row: number): Column => ({
    name,
    kind: 'broken',
    error: new UserError({
      what,
      where: [`${path}, row ${row + 1}, column «${name}»`],
      action: 'Fill in or drop such rows; every value of an input must be a number.',
    }),
  });
  const [first] = values;
  const word = values.find((value) => value !== null && value !== undefined);
  if (typeof word === 'string') {
    const odd = values.findIndex((value) => typeof value !== 'string');
    return odd < 0 ? { name, kind: 'text', values: values as string[] } : broken('A value is missing.', odd);
  }
  if (isList(first)) {
    const width = flat(first).length;
    const data = new Float32Array(values.length * width);
    for (let row = 0; row < values.length; row++) {
      const value = values[row];
      const list = isList(value) ? flat(value) : [];
      if (list.length !== width)
        return broken(
          `The list has ${counted(list.length, 'value')}, but the one in the first row has ${formatExactCount(width)}.`,
          row,
        );
      for (let i = 0; i < width; i++) {
        const number = toNumber(list[i]);
        if (number === null) return broken('The list contains a value that is not a number.', row);
        data[row * width + i] = number;
      }
    }
    return { name, kind: 'vectors', values: data, width };
  }
  const numbers = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const number = toNumber(values[row]);
    if (number === null) {
      const empty = values[row] === null || values[row] === undefined;
      return broken(empty ? 'A value is missing.' : 'The value is not a number.', row);
    }
    numbers[row] = number;
  }
  return { name, kind: 'numbers', values: numbers };
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** Flattens nested lists, such as images as rows of pixels, in row-major order. */
function flat(list: ArrayLike<unknown>): ArrayLike<unknown> {
  return isList(list[0]) ? Array.from(list).flatMap((inner) => Array.from(flat(inner as ArrayLike<unknown>))) : list;
}

function toNumber(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'boolean' ? Number(value) : null;
}
