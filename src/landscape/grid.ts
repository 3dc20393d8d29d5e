/** FROM:TO:STEPS; `steps` points, both ends included, and 0 besides where the range spans it. */
export interface Range {
  from: number;
  to: number;
  steps: number;
}

/**
 * The values of a range, ascending or descending as asked. Where it spans 0, exact 0 is among them: a value that misses
 * 0 by rounding is made 0, and where no value is near, 0 is added. The centre of a picture is the model itself.
 */
export function gridValues({ from, to, steps }: Range): number[] {
  if (!Number.isFinite(from) || !Number.isFinite(to) || !(steps >= 1)) {
    throw new Error(`A range needs finite ends and at least one step, not ${from}:${to}:${steps}.`);
  }
  if (steps === 1 || from === to) return [from];
  const spacing = (to - from) / (steps - 1);
  // Both ends are exact; in between the two formulas agree to rounding, and the nearer end rounds less.
  const values = Array.from({ length: steps }, (_, i) =>
    i <= (steps - 1) / 2 ? from + i * spacing : to - (steps - 1 - i) * spacing,
  );
  const snapped = values.map((value) => (Math.abs(value) < 1e-9 * Math.abs(spacing) ? 0 : value));
  if (from * to >= 0 || snapped.includes(0)) return snapped;
  return [...snapped, 0].sort((a, b) => (a - b) * Math.sign(spacing));
}

/** One level of a picture that sharpens: the grid of every `stride`-th line through the centre, and what it adds. */
export interface Level {
  /** Indices of this level's grid lines, including those of coarser levels. */
  rows: number[];
  columns: number[];
  /** Points not yet in a coarser level, [row, column], nearest to the centre first. */
  points: [number, number][];
}

/**
 * Orders a grid from coarse to fine: the centre alone, then strides 2ᵏ, …, 2, 1 through the centre. After each level
 * what is measured is a complete smaller grid.
 */
export function coarseToFine(rowCount: number, columnCount: number, centre: [number, number]): Level[] {
  const [centreRow, centreColumn] = centre;
  const levels: Level[] = [{ rows: [centreRow], columns: [centreColumn], points: [[centreRow, centreColumn]] }];
  const seen = new Set([centreRow * columnCount + centreColumn]);
  let stride = 1;
  while (stride * 4 < Math.max(rowCount, columnCount)) stride *= 2;
  for (; stride >= 1; stride /= 2) {
    const rows = strided(rowCount, centreRow, stride);
    const columns = strided(columnCount, centreColumn, stride);
    const points: [number, number][] = [];
    for (const row of rows) {
      for (const column of columns) {
        const key = row * columnCount + column;
        if (seen.has(key)) continue;
        seen.add(key);
        points.push([row, column]);
      }
    }
    const distance = ([row, column]: [number, number]) => Math.hypot(row - centreRow, column - centreColumn);
    points.sort((a, b) => distance(a) - distance(b));
    if (points.length) levels.push({ rows, columns, points });
  }
  return levels;
}

/** Where 0 is, or the middle where it is not. */
export function centreIndex(values: readonly number[]): number {
  const zero = values.indexOf(0);
  return zero >= 0 ? zero : values.length >> 1;
}

/** Every stride-th index through the centre, and the two ends, so that each level spans the whole range. */
function strided(count: number, centre: number, stride: number): number[] {
  return Array.from({ length: count }, (_, i) => i).filter(
    (i) => (i - centre) % stride === 0 || i === 0 || i === count - 1,
  );
}
