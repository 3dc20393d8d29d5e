/** FROM:TO:STEPS: `steps` points, both ends included, and also 0 if the range spans it. */
export interface AxisRange {
  from: number;
  to: number;
  steps: number;
}

/**
 * The values of a range, ascending or descending as requested. A range that spans 0 contains exactly 0: a value that
 * misses 0 by rounding becomes 0, and otherwise 0 is added. The centre of a picture is the model itself.
 */
export function gridValues({ from, to, steps }: AxisRange): number[] {
  if (!Number.isFinite(from) || !Number.isFinite(to) || !(steps >= 1)) {
    throw new Error(`A range needs finite ends and at least one step, not ${from}:${to}:${steps}.`);
  }
  const values = evenValues({ from, to, steps });
  if (from * to >= 0 || values.includes(0) || values.length === 1) return values;
  return [...values, 0].sort((a, b) => (a - b) * Math.sign(to - from));
}

/** The `steps` values of a range. One that misses 0 by rounding is 0. */
export function evenValues({ from, to, steps }: AxisRange): number[] {
  if (steps === 1 || from === to) return [from];
  const spacing = (to - from) / (steps - 1);
  // Both ends are exact. In between, the two formulas agree to rounding, and the one from the nearer end rounds less.
  const values = Array.from({ length: steps }, (_, i) =>
    i <= (steps - 1) / 2 ? from + i * spacing : to - (steps - 1 - i) * spacing,
  );
  return values.map((value) => (Math.abs(value) < 1e-9 * Math.abs(spacing) ? 0 : value));
}

/** A coarser grid inside a grid: the indices of its rows and columns, ascending, both ends and the centre among them. */
export interface Mesh {
  rows: number[];
  columns: number[];
}

/** A first picture needs at least so many lines per axis. */
const FIRST_LINES = 5;

/**
 * Nested meshes of a grid, coarse to fine; the last is the grid itself. Each axis is cut at the centre and then halved
 * until no gap exceeds ⌈h⌉ indices, with h halved from mesh to mesh. Spacings are as even as whole indices allow and
 * equal in both directions.
 */
export function nestedMeshes(rowCount: number, columnCount: number, [row, column]: [number, number]): Mesh[] {
  const widest = Math.max(row, rowCount - 1 - row, column, columnCount - 1 - column, 1);
  const meshes: Mesh[] = [];
  for (let gap = widest; ; gap = Math.ceil(gap / 2)) {
    const mesh = { rows: axisMesh(rowCount, row, gap), columns: axisMesh(columnCount, column, gap) };
    if (gap === 1 || Math.max(mesh.rows.length, mesh.columns.length) >= FIRST_LINES) meshes.push(mesh);
    if (gap === 1) return meshes;
  }
}

/** The index of 0, or the middle index if there is none. */
export function centreIndex(values: readonly number[]): number {
  const zero = values.indexOf(0);
  return zero >= 0 ? zero : values.length >> 1;
}

/** The points of a mesh as indices into the grid. */
export function pointsOf({ rows, columns }: Mesh, width: number): number[] {
  return rows.flatMap((row) => columns.map((column) => row * width + column));
}

/** Points of a grid of this width, nearest to the centre first, so that the picture grows outwards. */
export function outwards(points: readonly number[], width: number, [row, column]: [number, number]): number[] {
  const distance = (p: number) => Math.hypot(Math.floor(p / width) - row, (p % width) - column);
  return [...points].sort((a, b) => distance(a) - distance(b));
}

function axisMesh(count: number, centre: number, gap: number): number[] {
  /** The indices behind `from` up to `to`. */
  const halved = (from: number, to: number): number[] => {
    if (to - from <= gap) return to > from ? [to] : [];
    const middle = (from + to) >> 1;
    return [...halved(from, middle), ...halved(middle, to)];
  };
  // Halving starts at the centre on both sides, so that a symmetric axis has symmetric meshes.
  const left = halved(0, centre).map((i) => centre - i);
  return [...left.reverse(), centre, ...halved(centre, count - 1)];
}
