import { UserError } from '../errors';
import { formatExact } from '../text/numbers';
import { isTargetName } from './match';
import type { DataRequest } from './match';
import type { Column, Table } from './columns';

/** The columns that hold the targets, one column for each value of a target. */
export interface TargetColumns {
  key: string;
  columns: readonly Column[];
  /** Sentence that explains the choice if other columns are plausible. */
  note?: string;
  /** Sentence that names another possible target column, if only the position of a column decided. */
  hint?: string;
}

/**
 * Finds the target columns of a table. Tries these rules, strongest first: the columns asked for; a usual name, or
 * several columns under one (`y_0, y_1`; one-hot `class_cat, class_dog`); the one column beside a numbered series
 * (`digit, px1, …, px784`); the one column of recurring words; the last column. A constant last column is a border
 * pixel rather than a label; without a header, the first column is then the target if it can hold labels.
 * @param keys key that the user gave for each input; null if the user gave a value
 * @returns null if the inputs need all columns of the table
 * @throws UserError if a requested column does not exist
 */
export function targetColumns(
  table: Table,
  request: DataRequest,
  keys: ReadonlyMap<string, string | null>,
): TargetColumns | null {
  if (request.target !== undefined) return askedFor(table, request.target);
  const taken = new Set<string | null>([...keys.values(), ...request.inputs.map(({ name }) => name)]);
  const free = table.columns.filter((column) => !taken.has(column.name));
  const named = byName(free) ?? byBase(free);
  if (named) return named;
  // A table exactly as wide as the model's one input has no column to spare.
  const inputs = request.inputs.filter(({ name, sharing }) => sharing !== 'always' && keys.get(name) !== null);
  if (free.length < 2 || (inputs.length === 1 && inputs[0].shape[1] === free.length)) return null;
  return besideSeries(free) ?? onlyWords(free, table.rows) ?? byPlace(free, table.columns);
}

const single = (column: Column, told: Pick<TargetColumns, 'note' | 'hint'> = {}): TargetColumns => ({
  key: column.name,
  columns: [column],
  ...told,
});

/** Finds a column, a series `KEY_0, KEY_1, …`, or several columns separated by commas. */
function askedFor(table: Table, key: string): TargetColumns {
  const find = (name: string) => table.columns.find((column) => column.name === name);
  const column = find(key);
  if (column) return single(column);
  const series = table.columns.filter(({ name }) => name.startsWith(key) && SERIES.test(name.slice(key.length)));
  if (series.length > 0) return { key, columns: series };
  const names = key.split(',').map((name) => name.trim());
  const several = names.flatMap((name) => find(name) ?? []);
  if (names.length > 1 && several.length === names.length) return { key, columns: several };
  throw noColumn(table, names.length > 1 ? (names.find((name) => !find(name)) ?? key) : key);
}

/** Matches the suffix that numbers the columns of an input or target: `_0`, `.1`, `[2]`, `3`. */
export const SERIES = /^(?:[_.]?\d+|\[\d+\])$/;

/** Target names, clearest first. The name y comes last, because it may be a feature, as in x, y and z. */
const CLEAREST = [/^targets?/i, /^labels?/i, /^class/i, /./];

function byName(free: readonly Column[]): TargetColumns | null {
  const usual = free.filter(({ name }) => isTargetName(name));
  if (usual.length < 2) return usual.length === 1 ? single(usual[0]) : null;
  const rank = ({ name }: Column) => CLEAREST.findIndex((pattern) => pattern.test(name));
  const [chosen, ...others] = [...usual].sort((a, b) => rank(a) - rank(b));
  const rest = others.map(({ name }) => `«${name}»`).join(', ');
  return single(chosen, { note: `«${chosen.name}» is taken as the target, not ${rest}; --target names another.` });
}

/** Splits a name such as `y_0`, `target[1]` or `class_cat` into a usual target name and a suffix. */
const BASE = /^(.+?)(?:\[(\d+)\]|[_.=: -]+(.+)|(\d+))$/;

/** Finds several columns under one usual name: numbered columns, or others in which every row is one-hot. */
function byBase(free: readonly Column[]): TargetColumns | null {
  const groups = new Map<string, Column[]>();
  for (const column of free) {
    const base = BASE.exec(column.name)?.[1];
    if (base !== undefined && isTargetName(base)) groups.set(base, [...(groups.get(base) ?? []), column]);
  }
  for (const [key, columns] of groups) {
    const numbered = columns.every(({ name }) => SERIES.test(name.slice(key.length)));
    if (columns.length < 2 || !(numbered || isOneHot(columns))) continue;
    const names = columns.slice(0, 4).map(({ name }) => `«${name}»`);
    const more = columns.length > 4 ? ', …' : '';
    return { key, columns, note: `${names.join(', ')}${more} are taken together as the target, in this order.` };
  }
  return null;
}

function isOneHot(columns: readonly Column[]): boolean {
  const numbers = columns.flatMap((column) => (column.kind === 'numbers' ? [column.values] : []));
  if (numbers.length < columns.length) return false;
  return numbers[0].every((_, row) => {
    const cells = numbers.map((values) => values[row]);
    return cells.every((cell) => cell === 0 || cell === 1) && cells.filter((cell) => cell === 1).length === 1;
  });
}

/** Smallest number of numbered columns that form a series. */
const SHORTEST_SERIES = 3;

/** Takes the first or last column if all others share one name with a number after it. */
function besideSeries(free: readonly Column[]): TargetColumns | null {
  const seriesOf = ({ name }: Column) => {
    const found = /^(.*?[^\d_.[\]-])?[\d_.[\]-]*\d\]?$/.exec(name);
    return found ? (found[1] ?? '') : null;
  };
  for (const column of [free[0], free[free.length - 1]]) {
    const names = new Set(free.filter((other) => other !== column).map(seriesOf));
    const [series] = names;
    if (names.size !== 1 || series === null || free.length <= SHORTEST_SERIES) continue;
    if (seriesOf(column) === series) continue;
    return single(column, {
      note: `«${column.name}» is taken as the target: all other columns are a series, ${series === '' ? 'numbered' : `«${series}…»`}.`,
    });
  }
  return null;
}

/** Takes the only column of words. Recurring words are classes; words that never recur name samples. */
function onlyWords(free: readonly Column[], rows: number): TargetColumns | null {
  const [words, ...more] = free.flatMap((column) => (column.kind === 'text' ? [column] : []));
  if (!words || more.length > 0 || words === free.at(-1)) return null;
  if (new Set(words.values).size === rows) return null;
  return single(words, { note: `«${words.name}» is taken as the target: it is the only column of words.` });
}

function byPlace(free: readonly Column[], columns: readonly Column[]): TargetColumns {
  const [first] = free;
  const last = free[free.length - 1];
  const most = first === last ? null : largestLabel(first);
  const constant = last.kind === 'numbers' && last.values.length > 1 && new Set(last.values).size === 1;
  const withHeader = columns.some(({ name }, i) => name !== String(i));
  const held = constant ? `, «${last.name}», holds ${last.values[0]} in every row` : '';
  if (constant && most !== null && most > 0 && !withHeader) {
    const note = `The last column${held}: the first, «${first.name}», is taken as the target. --target names another.`;
    return single(first, { note });
  }
  const note = constant
    ? `The last column${held} and is taken as the target all the same; --target names another.`
    : `The last column, «${last.name}», is taken as the target.`;
  if (most === null) return single(last, { note });
  // Tables without a header often begin with the label.
  const hint = `Column «${first.name}» holds whole numbers up to ${formatExact(most)}: if these are the labels, add --target ${JSON.stringify(first.name)}.`;
  return single(last, { note: constant ? `${note} ${hint}` : note, hint });
}

/** Returns the largest number of a column that may hold class indices, or null for any other column. */
function largestLabel(column: Column): number | null {
  if (column.kind !== 'numbers' || !column.values.every((value) => Number.isInteger(value) && value >= 0)) return null;
  return column.values.reduce((a, b) => Math.max(a, b), 0);
}

/** Creates the error for a requested column that does not exist. */
export function noColumn(table: Table, name: string): UserError {
  const names = table.columns.map((column) => column.name);
  const shown = names.slice(0, 12).map((each) => `«${each}»`);
  const listed = names.length > 12 ? `${shown.join(', ')} and ${names.length - 12} more` : shown.join(', ');
  return new UserError({
    what: `The ${table.kind} table has no column «${name}».`,
    where: [table.path],
    action: `Its columns are ${listed}.`,
  });
}
