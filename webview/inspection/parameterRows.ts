import type { TensorStatistics } from '../../src/protocol/tensorStatistics';
import type { Inspection } from '../../src/protocol/worker';

type Parameter = Inspection['parameters'][number];
export type Grouping = 'layer' | 'tensor';
export type StatisticName = Exclude<keyof TensorStatistics, 'name'>;
export type ParameterColumn = 'order' | 'name' | 'count' | StatisticName;

/** A row of the table: a tensor, or the tensors of a layer. */
export interface ParameterRow {
  name: string;
  shapes: readonly (readonly number[])[];
  count: number;
  /** Part of all parameters. */
  share: number;
  /** Why the tensors count as parameters. */
  reason: string;
  tensors: readonly string[];
  /** Undefined until they are asked for. */
  statistics?: Omit<TensorStatistics, 'name'>;
}

/** Makes the rows in the order of the network. Tensors of one layer need not lie beside each other. */
export function parameterRows(
  parameters: readonly Parameter[],
  grouping: Grouping,
  known: ReadonlyMap<string, TensorStatistics>,
): ParameterRow[] {
  const groups = new Map<string, Parameter[]>();
  for (const parameter of parameters) {
    const called = parameter.label ?? parameter.name;
    const key = grouping === 'layer' ? layerOf(called) : called;
    const group = groups.get(key);
    if (group) group.push(parameter);
    else groups.set(key, [parameter]);
  }
  const all = parameters.reduce((sum, { count }) => sum + count, 0);
  return [...groups].map(([name, tensors]) => {
    const count = tensors.reduce((sum, tensor) => sum + tensor.count, 0);
    return {
      name,
      shapes: tensors.map(({ shape }) => shape),
      count,
      share: all === 0 ? 0 : count / all,
      reason: [...new Set(tensors.map(({ reason }) => reason))].join('; '),
      tensors: tensors.map((tensor) => tensor.name),
      statistics: statisticsOf(tensors, known),
    };
  });
}

/** Orders rows by a column, the largest numbers and the first names first. Rows without a value come last. */
export function sortedRows(
  rows: readonly ParameterRow[],
  column: ParameterColumn,
  direction: 'ascending' | 'descending',
): ParameterRow[] {
  const sign = direction === 'ascending' ? 1 : -1;
  if (column === 'order') return direction === 'ascending' ? [...rows] : [...rows].reverse();
  if (column === 'name') return [...rows].sort((a, b) => sign * a.name.localeCompare(b.name, 'en', { numeric: true }));
  const value = (row: ParameterRow): number | null =>
    column === 'count' ? row.count : (row.statistics?.[column] ?? null);
  return [...rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (x - y);
  });
}

/** "encoder.0" for "encoder.0.weight". A name without parts is a layer of its own. */
export function layerOf(name: string): string {
  const end = Math.max(name.lastIndexOf('.'), name.lastIndexOf('/'));
  return end > 0 ? name.slice(0, end) : name;
}

/**
 * Combines the statistics of the tensors of a layer. With n, m and s² the count, mean and variance of each,
 *   mean = Σ n·m / Σ n,  variance = Σ n·(s² + (m − mean)²) / Σ n.
 * Undefined until those of every tensor are known.
 */
function statisticsOf(
  tensors: readonly Parameter[],
  known: ReadonlyMap<string, TensorStatistics>,
): ParameterRow['statistics'] {
  const parts = tensors.map(({ name, count }) => ({ count, found: known.get(name) }));
  const found = parts.flatMap(({ count, found: statistics }) => (statistics ? [{ count, ...statistics }] : []));
  if (found.length < parts.length || found.length === 0) return undefined;
  const sum = (of: (part: (typeof found)[number]) => number) => found.reduce((total, part) => total + of(part), 0);
  const counts = { zeros: sum((p) => p.zeros), nan: sum((p) => p.nan), infinite: sum((p) => p.infinite) };
  const finite = found.flatMap(({ count, mean, std, min, max, nan, infinite }) =>
    mean === null || std === null || min === null || max === null
      ? []
      : [{ n: count - nan - infinite, mean, std, min, max }],
  );
  const n = finite.reduce((total, part) => total + part.n, 0);
  if (n === 0) return { mean: null, std: null, min: null, max: null, ...counts };
  const mean = finite.reduce((total, part) => total + part.n * part.mean, 0) / n;
  const variance = finite.reduce((total, part) => total + part.n * (part.std ** 2 + (part.mean - mean) ** 2), 0) / n;
  return {
    mean,
    std: Math.sqrt(variance),
    min: Math.min(...finite.map((part) => part.min)),
    max: Math.max(...finite.map((part) => part.max)),
    ...counts,
  };
}
