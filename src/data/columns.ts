import type { UserError } from '../errors';

/** One column of a table: numbers, fixed-length vectors of numbers, or text. */
export type Column =
  | { name: string; kind: 'numbers'; values: Float64Array<ArrayBuffer> }
  | { name: string; kind: 'vectors'; values: Float32Array<ArrayBuffer>; width: number }
  /** `names`: all that the file holds, where not all of it was read. */
  | { name: string; kind: 'text'; values: string[]; names?: ReadonlySet<string> }
  /** Something in it cannot be read; raised only when the column is needed. */
  | { name: string; kind: 'broken'; error: UserError };

/** A file of columns that all have as many rows. */
export interface Table {
  kind: string;
  path: string;
  columns: Column[];
  rows: number;
  sha256: string;
}
