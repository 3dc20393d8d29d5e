import { isTargetName } from './match';

/** Whether the first row of a table names the columns. */
export interface HeaderChoice {
  header: boolean;
  /** Note for the user if the rows leave room for doubt. */
  note: string | null;
}

/** Smallest number of evenly spaced values that count as column names. */
const PROGRESSION = 3;

/**
 * Decides whether the first row holds column names or the first sample:
 *   no cell is a number, or a word stands over numbers, or a number over words       names
 *   a usual target name, such as class or label, stands over other words            names
 *   numbers in even steps (0, 1, 2, …, as pandas numbers columns; wavelengths), and
 *   a class name that never recurs, or numbers outside the range of those below     names, with a note
 * @param rows the first rows of the table, including the row in question
 */
export function chooseHeader(rows: readonly (readonly string[])[], isNumber: (cell: string) => boolean): HeaderChoice {
  const plain = (header: boolean): HeaderChoice => ({ header, note: null });
  const [first, ...below] = rows;
  if (!first.some(isNumber)) return plain(true);
  if (below.length === 0) return plain(false);
  const filled = (column: number) => below.map((row) => row[column] ?? '').filter((cell) => cell.trim() !== '');
  const columns = first.map((cell, i) => {
    const cells = filled(i);
    const numbers = cells.length > 0 && cells.every(isNumber);
    return { cell: cell.trim(), cells, numbers, words: cells.length > 0 && !cells.some(isNumber) };
  });
  if (columns.some(({ cell, numbers }) => numbers && !isNumber(cell))) return plain(true);
  if (below.length > 1 && columns.some(({ cell, words }) => words && isNumber(cell))) return plain(true);
  const texts = columns.filter(({ cell, words }) => words && !isNumber(cell));
  if (texts.some(({ cell, cells }) => isTargetName(cell) && !cells.some((other) => other.trim() === cell))) {
    return plain(true);
  }
  const values = columns.filter(({ cell }) => isNumber(cell));
  if (!isProgression(values.map(({ cell }) => Number(cell)))) return plain(false);
  const unseen = texts.length > 0 && texts.every(({ cell, cells }) => !cells.some((other) => other.trim() === cell));
  const outside = values.filter(({ cell, cells }) => !within(Number(cell), cells.map(Number)));
  const pandas = values.every(({ cell }, i) => Number(cell) === i);
  const fractions = values.some(({ cells }) => cells.some((other) => !Number.isInteger(Number(other))));
  const names = unseen || outside.length === values.length || (pandas && texts.length === 0 && fractions);
  if (!names) return plain(false);
  const shown = first.slice(0, 4).join(', ');
  return {
    header: true,
    note: `The first row (${shown}${first.length > 4 ? ', …' : ''}) is read as column names, not as a sample.`,
  };
}

/** Whether the values are a, a + d, a + 2d, … with d ≠ 0. */
function isProgression(values: readonly number[]): boolean {
  if (values.length < PROGRESSION) return false;
  const step = values[1] - values[0];
  const tolerance = 1e-6 * Math.abs(step);
  return step !== 0 && values.every((value, i) => Math.abs(value - values[0] - i * step) <= tolerance * (i + 1));
}

function within(value: number, others: readonly number[]): boolean {
  return others.some((other) => other <= value) && others.some((other) => other >= value);
}
