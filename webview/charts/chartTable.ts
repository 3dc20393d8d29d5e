export type TableCell = string | number | null;

/** The data of a chart as a table. Column names carry what the axes say, with their units; numbers keep all digits. */
export interface ChartTable {
  columns: string[];
  rows: TableCell[][];
}

type Point = Record<string, unknown> & { x: number; y: number };

interface Series<D = unknown> {
  name: string;
  axis: string;
  data: readonly D[];
}

/** What this file reads of a configuration of any type. */
interface Readable {
  data: { labels?: unknown[]; datasets: { label?: string; yAxisID?: string; data: readonly unknown[] }[] };
  options?: { indexAxis?: string; scales?: Record<string, { title?: { text?: unknown } } | undefined> };
}

/** Reads the data of a chart off its configuration. Series without a name are decoration. */
export function tableOf(configuration: unknown): ChartTable {
  const { data, options } = configuration as Readable;
  const titleOf = (id: string): string => String(options?.scales?.[id]?.title?.text ?? '');
  const named = data.datasets.filter(({ label }) => label !== '');
  const isSideways = options?.indexAxis === 'y';
  const series = named.map(({ label = '', yAxisID = 'y', data: values }): Series => ({
    name: label,
    axis: titleOf(isSideways ? 'x' : yAxisID),
    data: values,
  }));
  if (data.labels) return byLabel(data.labels.map(String), series, titleOf(isSideways ? 'y' : 'x') || 'name');
  const points = series.map((each): Series<Point> => ({ ...each, data: each.data.filter(isPoint) }));
  return isShared(points) ? side(points, titleOf('x') || 'x') : long(points, titleOf('x') || 'x', titleOf('y') || 'y');
}

function byLabel(labels: readonly string[], series: readonly Series[], heading: string): ChartTable {
  const isRange = ({ data }: Series): boolean => data.some(Array.isArray);
  const columns = series.flatMap((each) => {
    const name = joined(each.name, each.axis);
    return isRange(each) ? [`${name}, from`, `${name}, to`] : [name];
  });
  const cells = (each: Series, row: number): TableCell[] => {
    const value = each.data[row];
    if (!isRange(each)) return [cellOf(value)];
    return Array.isArray(value) ? value.slice(0, 2).map(cellOf) : [null, null];
  };
  return {
    columns: [heading, ...columns],
    rows: labels.map((label, row) => [label, ...series.flatMap((each) => cells(each, row))]),
  };
}

/** One row per x, where all series have the same. */
function side(series: readonly Series<Point>[], x: string): ChartTable {
  return {
    columns: [x, ...series.map(({ name, axis }) => joined(name, axis))],
    rows: (series[0]?.data ?? []).map((point, row) => [point.x, ...series.map(({ data }) => cellOf(data[row]?.y))]),
  };
}

/** One row per point, with what else is known of it. */
function long(series: readonly Series<Point>[], x: string, y: string): ChartTable {
  const all = series.flatMap(({ data }) => data);
  const isShown = (value: unknown): boolean => typeof value === 'number' || typeof value === 'string';
  const more = [...new Set(all.flatMap((point) => Object.keys(point).filter((key) => isShown(point[key]))))].filter(
    (key) => key !== 'x' && key !== 'y',
  );
  return {
    columns: ['series', x, y, ...more],
    rows: series.flatMap(({ name, data }) =>
      data.map((point) => [name, point.x, point.y, ...more.map((key) => cellOf(point[key]))]),
    ),
  };
}

function isShared(series: readonly { data: readonly Point[] }[]): boolean {
  const [first, ...others] = series.map(({ data }) => data);
  const hasMore = first?.some((point) => Object.keys(point).length > 2) ?? false;
  return (
    first !== undefined &&
    !hasMore &&
    others.every((data) => data.length === first.length && data.every(({ x }, i) => Object.is(x, first[i]?.x)))
  );
}

function isPoint(value: unknown): value is Point {
  return typeof value === 'object' && value !== null && 'x' in value && 'y' in value;
}

function cellOf(value: unknown): TableCell {
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}

function joined(name: string, axis: string): string {
  return axis === '' || axis === name ? name : `${name}: ${axis}`;
}

/** Cells of text that spreadsheets would compute. Names come from files, which must not command anything. */
const FORMULA = /^[=+@\t\r]|^-(?!\d)/;

/** Writes a table as CSV (RFC 4180), with every digit of the numbers, NaN and Infinity by name, and gaps empty. */
export function csvOf({ columns, rows }: ChartTable): string {
  const cell = (value: TableCell): string => {
    if (value === null) return '';
    const text = typeof value === 'number' ? String(value) : FORMULA.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
