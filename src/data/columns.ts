import type { UserError } from '../errors';

/** One column of a table: numbers, fixed-length vectors of numbers, or text. */
export type Column =
  | { name: string; kind: 'numbers'; values: Float64Array<ArrayBuffer> }
  | { name: string; kind: 'vectors'; values: Float32Array<ArrayBuffer>; width: number }
  /** `names` holds all words in the file if only some of its rows were read. */
  | { name: string; kind: 'text'; values: string[]; names?: ReadonlySet<string> }
  /** A column with a cell that cannot be read. The error is thrown only if the column is needed. */
  | { name: string; kind: 'broken'; error: UserError };

/** A file of columns that all have the same number of rows. */
export interface Table {
  kind: string;
  path: string;
  columns: Column[];
  rows: number;
  sha256: string;
}
