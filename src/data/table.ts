import { UserError } from '../errors';
import type { Tensor } from '../graph/tensor';
import type { ArrayEntry, ArraySource } from './dataset';
import { isTargetName } from './match';
import type { DataRequest } from './match';
import { isMissing } from './missing';
import { keyOf } from './wish';

/** One column of a table: numbers, fixed-length vectors of numbers, or text. */
export type Column =
  | { name: string; kind: 'numbers'; values: Float64Array<ArrayBuffer> }
  | { name: string; kind: 'vectors'; values: Float32Array<ArrayBuffer>; width: number }
  /** `names`: all that the file holds, where not all of it was read. */
  | { name: string; kind: 'text'; values: string[]; names?: ReadonlySet<string> }
  /** Something in it cannot be read; raised only when the column is needed. */
  | { name: string; kind: 'broken'; error: UserError };

interface Table {
  kind: string;
  path: string;
  columns: Column[];
  rows: number;
  sha256: string;
}

/**
 * A table as arrays: the target column by itself, columns called after an input (or `input_0`, `input_1`, …) gathered
 * for that input, and all other columns side by side as one matrix [N, columns].
 * The target is the column asked for, one with a usual name, or the last; text targets become class indices in
 * alphabetical order, as scikit-learn's LabelEncoder numbers them.
 */
export function tableSource(table: Table, request: DataRequest): ArraySource {
  if (request.weights !== undefined) return besideWeights(table, { ...request, weights: undefined }, request.weights);
  const { columns, kind, sha256 } = table;
  const notes: string[] = [];
  const names = columns.map(({ name }) => name);
  const keys = new Map(Object.entries(request.keys ?? {}).map(([name, wish]) => [name, keyOf(wish, names)]));
  const asked = [
    ...[...keys.values()].filter((key) => key !== null),
    ...(request.target === undefined ? [] : [request.target]),
  ];
  for (const name of asked) columnNamed(table, name);

  const target = targetColumn(table, request, keys, notes);
  const entries: ArrayEntry[] = target ? [targetEntry(target, table, notes)] : [];
  const rest = new Set(columns.filter((column) => column !== target));
  for (const input of request.inputs) {
    const key = keys.get(input.name);
    const own = typeof key === 'string' ? [columnNamed(table, key)] : columnsOf(input.name, [...rest]);
    if (own.length === 0) continue;
    for (const column of own) rest.delete(column);
    // Columns of an input whose value is written out feed nothing.
    if (key !== null) entries.push(matrixEntry(key ?? input.name, own, table));
  }
  if (rest.size > 0) entries.push(matrixEntry(restKey(rest), [...rest], table));
  const named = request.target !== undefined || (target !== undefined && isTargetName(target.name));
  const targetHint = named ? undefined : hintFrom(columns, target);
  return { kind, entries, sha256, notes, targetKey: target?.name, ...(targetHint ? { targetHint } : {}) };
}

/** Tables without a header often begin with the label. */
function hintFrom([first]: readonly Column[], target: Column | undefined): string | undefined {
  if (!target || first === target || first.kind !== 'numbers') return undefined;
  const isLabel = first.values.every((value) => Number.isInteger(value) && value >= 0);
  if (!isLabel) return undefined;
  const max = first.values.reduce((a, b) => Math.max(a, b));
  return `Column «${first.name}» holds whole numbers up to ${max}: if these are the labels, add --target ${JSON.stringify(first.name)}.`;
}

/** The weights of the samples by themselves; the other columns as if there were none. */
function besideWeights(table: Table, request: DataRequest, name: string): ArraySource {
  const weights = columnNamed(table, name);
  const others = tableSource({ ...table, columns: table.columns.filter((column) => column !== weights) }, request);
  return { ...others, entries: [...others.entries, matrixEntry(name, [weights], table)] };
}

/** @param keys of the inputs that a person named something for; null where that is a value */
function targetColumn(
  table: Table,
  request: DataRequest,
  keys: ReadonlyMap<string, string | null>,
  notes: string[],
): Column | undefined {
  if (request.target !== undefined) return columnNamed(table, request.target);
  const taken = new Set(keys.values());
  const free = table.columns.filter((column) => !taken.has(column.name));
  const named = free.find((column) => isTargetName(column.name));
  if (named) return named;
  // A table exactly as wide as the model's one input has no column to spare.
  const inputs = request.inputs.filter(({ name, sharing }) => sharing !== 'always' && keys.get(name) !== null);
  if (free.length < 2 || (inputs.length === 1 && inputs[0].shape[1] === free.length)) return undefined;
  const last = free.at(-1)!;
  notes.push(`The last column, «${last.name}», is taken as the target.`);
  return last;
}

function targetEntry(column: Column, table: Table, notes: string[]): ArrayEntry {
  if (column.kind !== 'text') return matrixEntry(column.name, [column], table);
  const gap = column.values.findIndex(isMissing);
  if (gap >= 0) throw missingName(column, gap, table);
  const classes = [...(column.names ?? new Set(column.values))].sort();
  const index = new Map(classes.map((name, i) => [name, BigInt(i)]));
  const shown = classes.slice(0, 6).map((name, i) => `${name} = ${i}`);
  notes.push(
    `The ${classes.length} class names of «${column.name}» are numbered alphabetically: ${shown.join(', ')}${classes.length > 6 ? ', …' : ''}.`,
  );
  const shape = [table.rows];
  const data = BigInt64Array.from(column.values, (name) => index.get(name)!);
  return { key: column.name, shape, dtype: 'class names', load: () => ({ dtype: 'int64', shape, data }) };
}

function missingName({ name, values }: Column & { kind: 'text' }, row: number, table: Table): UserError {
  const cell = values[row] === '' ? '' : ` («${values[row]}»)`;
  const more = values.filter(isMissing).length - 1;
  return new UserError({
    what: `A value is missing: the class name${cell}${more > 0 ? `, and ${more} more` : ''}.`,
    where: [`${table.path}, row ${row + 1}, column «${name}»`],
    action: 'Fill in the class or drop such rows. A class that is really called so needs another name.',
  });
}

/** Columns called like the input, or `name_0`, `name.1`, `name[2]`, `name3`. */
function columnsOf(input: string, columns: Column[]): Column[] {
  const exact = columns.filter((column) => column.name === input);
  if (exact.length > 0) return exact;
  return columns.filter(
    (column) => column.name.startsWith(input) && /^(?:[_.]?\d+|\[\d+\])$/.test(column.name.slice(input.length)),
  );
}

function matrixEntry(key: string, columns: Column[], table: Table): ArrayEntry {
  const widths = columns.map((column) => (column.kind === 'vectors' ? column.width : 1));
  const width = widths.reduce((sum, w) => sum + w, 0);
  const shape = columns.length === 1 && columns[0].kind !== 'vectors' ? [table.rows] : [table.rows, width];
  return { key, shape, dtype: dtypeName(columns), load: () => gather(columns, width, shape, table) };
}

function gather(columns: Column[], width: number, shape: number[], table: Table): Tensor {
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
  throw new UserError({
    what: `The ${table.kind} table has no column «${name}».`,
    where: [table.path],
    action: `Its columns are ${listed(table.columns.map((c) => c.name))}.`,
  });
}

function textColumn(column: Column & { kind: 'text' }, table: Table): UserError {
  return new UserError({
    what: `Column «${column.name}» holds text («${column.values[0]}»), which cannot be fed to the model.`,
    where: [table.path],
    action: `Encode it as numbers, drop it, or make it the target with --target ${JSON.stringify(column.name)}.`,
  });
}

function dtypeName(columns: Column[]): string {
  if (columns.some((column) => column.kind === 'broken')) return 'unreadable values';
  return columns.some((column) => column.kind === 'text') ? 'text' : 'numbers';
}

function restKey(columns: ReadonlySet<Column>): string {
  const names = [...columns].map((column) => column.name);
  return names.length > 2 ? `${names[0]} … ${names.at(-1)}` : names.join(', ');
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => `«${name}»`);
  return names.length > 12 ? `${shown.join(', ')} and ${names.length - 12} more` : shown.join(', ');
}
