import { munkres } from 'munkres';

/**
 * The permutation with the largest sum:
 *   argmax_p Σᵢ values[i][p(i)],  p(i) of the kind of i.
 * Each kind is a linear assignment problem of its own, O(n³).
 * @param values [n][n]
 * @param kinds of the rows and of the columns; equally many of each kind. Null where all are of one kind
 * @see Kuhn 1955, doi:10.1002/nav.3800020109
 */
export function bestAssignment(
  values: readonly ArrayLike<number>[],
  kinds: { rows: ArrayLike<number>; columns: ArrayLike<number> } | null = null,
): Int32Array {
  const result = new Int32Array(values.length).fill(-1);
  const everything = values.map((_, i) => i);
  const groups = kinds ? grouped(kinds.rows, everything) : [everything];
  for (const rows of groups) {
    const columns = kinds ? everything.filter((j) => kinds.columns[j] === kinds.rows[rows[0]]) : everything;
    if (columns.length !== rows.length) throw new Error('Units of one kind have no partners in equal number.');
    const costs = rows.map((i) => Float64Array.from(columns, (j) => -values[i][j]));
    for (const [row, column] of munkres(costs)) result[rows[row]] = columns[column];
  }
  return result;
}

function grouped(kinds: ArrayLike<number>, units: readonly number[]): number[][] {
  const groups = new Map<number, number[]>();
  for (const unit of units) groups.set(kinds[unit], [...(groups.get(kinds[unit]) ?? []), unit]);
  return [...groups.values()];
}
