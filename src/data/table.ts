import { UserError } from '../errors';
import type { Tensor } from '../graph/tensor';
import type { ArrayEntry, ArraySource } from './dataset';
import { namedTargets } from './classNames';
import type { DataRequest } from './match';
import type { Column, Table } from './columns';
import { noColumn, SERIES, targetColumns } from './targetColumns';
import { keyOf } from './wish';

/**
 * Converts a table to arrays. The target column becomes one array. Columns named after an input (or `input_0`,
 * `input_1`, …) become the array of that input, and all other columns form one matrix [N, columns].
 * `targetColumns` chooses the target columns, and `namedTargets` turns words among them into class indices.
 */
export function tableSource(table: Table, request: DataRequest): ArraySource {
  if (request.weights !== undefined) return besideWeights(table, { ...request, weights: undefined }, request.weights);
  const { columns, kind, sha256 } = table;
  const notes: string[] = [];
  const names = columns.map(({ name }) => name);
  const keys = new Map(Object.entries(request.keys ?? {}).map(([name, wish]) => [name, keyOf(wish, names)]));
  for (const key of keys.values()) if (key !== null) columnNamed(table, key);

  const target = targetColumns(table, request, keys);
  if (target?.note) notes.push(target.note);
  const entries: ArrayEntry[] = target ? [targetEntry(target.columns, target.key, table)] : [];
  const rest = new Set(columns.filter((column) => !target?.columns.includes(column)));
  for (const input of request.inputs) {
    const key = keys.get(input.name);
    const own = typeof key === 'string' ? [columnNamed(table, key)] : columnsOf(input.name, [...rest]);
    if (own.length === 0) continue;
    for (const column of own) rest.delete(column);
    // If the user wrote out the value of an input, the columns of that input are unused.
    if (key !== null) entries.push(matrixEntry(key ?? input.name, own, table));
  }
  if (rest.size > 0) entries.push(matrixEntry(restKey(rest), [...rest], table));
  const targetHint = target?.hint;
  return { kind, entries, sha256, notes, targetKey: target?.key, ...(targetHint ? { targetHint } : {}) };
}

/** Separates the sample weights and converts the other columns as if there were no weights. */
function besideWeights(table: Table, request: DataRequest, name: string): ArraySource {
  const weights = columnNamed(table, name);
  const others = tableSource({ ...table, columns: table.columns.filter((column) => column !== weights) }, request);
  return { ...others, entries: [...others.entries, matrixEntry(name, [weights], table)] };
}

function targetEntry(columns: readonly Column[], key: string, table: Table): ArrayEntry {
  const [only] = columns;
  if (columns.length > 1 || only.kind !== 'text') return matrixEntry(key, columns, table);
  const { values, names } = only;
  const shape = [table.rows];
  const classes = () => namedTargets({ key, values, shape, all: names, where: table.path });
  return { key, shape, dtype: 'class names', load: () => classes().target, classes };
}

/** Finds the columns named like the input, or `name_0`, `name.1`, `name[2]`, `name3`. */
function columnsOf(input: string, columns: Column[]): Column[] {
  const exact = columns.filter((column) => column.name === input);
  if (exact.length > 0) return exact;
  return columns.filter((column) => column.name.startsWith(input) && SERIES.test(column.name.slice(input.length)));
}

function matrixEntry(key: string, columns: readonly Column[], table: Table): ArrayEntry {
  const widths = columns.map((column) => (column.kind === 'vectors' ? column.width : 1));
  const width = widths.reduce((sum, w) => sum + w, 0);
  const shape = columns.length === 1 && columns[0].kind !== 'vectors' ? [table.rows] : [table.rows, width];
  return { key, shape, dtype: dtypeName(columns), load: () => gather(columns, width, shape, table) };
}

function gather(columns: readonly Column[], width: number, shape: number[], table: Table): Tensor {
  const [only] = columns;
  if (columns.length === 1 && only!.kind === 'numbers') return { dtype: 'float64', shape, data: only.values };
  if (columns.length === 1 && only!.kind === 'vectors') return { dtype: 'float32', shape, data: only.values };
  const data = new Float32Array(table.rows * width);
  let at = 0;
  for (const column of columns) {
    if (column.kind === 'broken') throw column.error;
    if (column.kind === 'text') throw textColumn(column, table);
    const step = column.kind === 'vectors' ? column.width : 1;
    for (let row = 0; row < table.rows; row++) {
      for (let i = 0; i < step; i++) data[row * width + at + i] = column.values[row * step + i];
    }
    at += step;
  }
  return { dtype: 'float32', shape, data };
}

function columnNamed(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column) return column;
  throw noColumn(table, name);
}

function textColumn(column: Column & { kind: 'text' }, table: Table): UserError {
  return new UserError({
    what: `Column «${column.name}» holds text («${column.values[0]}»), which cannot be fed to the model.`,
    where: [table.path],
    action: `Encode it as numbers, drop it, or make it the target with --target ${JSON.stringify(column.name)}.`,
  });
}

function dtypeName(columns: readonly Column[]): string {
  if (columns.some((column) => column.kind === 'broken')) return 'unreadable values';
  return columns.some((column) => column.kind === 'text') ? 'text' : 'numbers';
}

function restKey(columns: ReadonlySet<Column>): string {
  const names = [...columns].map((column) => column.name);
  return names.length > 2 ? `${names[0]} … ${names.at(-1)}` : names.join(', ');
}
