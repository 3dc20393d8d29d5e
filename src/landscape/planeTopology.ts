import type { LossValue } from '../objective/objective';
import type { Plane } from '../report/report';
import type { PlaneMinimum, Topology } from '../report/sections/topology';
import { centreIndex } from './grid';
import { sublevelSets } from './sublevelSets';
import type { SublevelMinimum } from './sublevelSets';

/** Measures the loss at points of the plane's grid. */
export type MeasurePoints = (points: readonly { alpha: number; beta: number }[]) => Promise<LossValue[]>;

/** Minima of less persistence, as a fraction of the range, are not worth telling. */
const TOLD = 0.01;
/** Relative precision of the loss of a float32 graph. */
const ROUNDING = 2 ** -20;
/** Longest list of minima. */
const LISTED = 200;
/** Points measured besides those of the plane: this share of all points, and so many at least. */
const MORE = { share: 0.05, least: 24 };

/**
 * Adds the minima of the sublevel sets to a plane. Where points are interpolated, those that would be a minimum or its
 * barrier are measured first, again and again until all of them are measured or a twentieth of the grid was spent.
 * Cost: nothing where every point was measured.
 */
export async function withTopology(plane: Plane, measure: MeasurePoints): Promise<Plane> {
  const points = plane.loss.flat().length;
  let left = Math.max(MORE.least, Math.ceil(MORE.share * points));
  for (let shown = plane; ;) {
    const sets = setsOf(shown);
    const wanted = doubtful(shown, sets.minima).slice(0, left);
    if (wanted.length === 0) return { ...shown, topology: topologyOf(shown, sets) };
    left -= wanted.length;
    const width = shown.x.values.length;
    const values = await measure(
      wanted.map((p) => ({ alpha: shown.x.values[p % width], beta: shown.y.values[Math.floor(p / width)] })),
    );
    shown = withMeasured(shown, wanted, values);
  }
}

function setsOf({ x, y, loss }: Plane) {
  return sublevelSets(loss.flat(), x.values.length, [centreIndex(y.values), centreIndex(x.values)]);
}

/** The minima and barriers that are interpolated, those of the longest persistence first. */
function doubtful({ evaluated }: Plane, minima: readonly SublevelMinimum[]): number[] {
  const measured = evaluated?.flat();
  if (!measured) return [];
  const vertices = minima.flatMap(({ at, barrier }) => (barrier === null ? [at] : [at, barrier]));
  return [...new Set(vertices)].filter((p) => !measured[p]);
}

function withMeasured(plane: Plane, points: readonly number[], values: readonly LossValue[]): Plane {
  const width = plane.x.values.length;
  const replaced = <T>(matrix: readonly T[][], of: (value: LossValue) => T): T[][] => {
    const rows = matrix.map((row) => [...row]);
    points.forEach((p, i) => (rows[Math.floor(p / width)][p % width] = of(values[i])));
    return rows;
  };
  const error = replaced(plane.error!, () => 0);
  return {
    ...plane,
    loss: replaced(plane.loss, ({ loss }) => loss),
    ...(plane.accuracy && { accuracy: replaced(plane.accuracy, ({ accuracy }) => accuracy) }),
    ...(plane.rSquared && { rSquared: replaced(plane.rSquared, ({ rSquared = NaN }) => rSquared) }),
    evaluated: replaced(plane.evaluated!, () => true),
    error,
    interpolationError: Math.max(...error.flat()),
  };
}

function topologyOf(plane: Plane, { components, minima }: ReturnType<typeof setsOf>): Topology {
  const width = plane.x.values.length;
  const losses = plane.loss.flat();
  const errors = plane.error?.flat();
  const measured = plane.evaluated?.flat();
  const finite = losses.filter(Number.isFinite);
  const [low, high] = finite.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
  const threshold = finite.length
    ? Math.max(TOLD * (high - low), ROUNDING * Math.max(Math.abs(low), Math.abs(high)))
    : 0;
  const pointAt = (p: number) => ({
    x: plane.x.values[p % width],
    y: plane.y.values[Math.floor(p / width)],
    loss: losses[p],
  });
  const onEdge = (p: number) =>
    [0, width - 1].includes(p % width) || [0, plane.y.values.length - 1].includes(Math.floor(p / width));
  const known = minima.filter(({ at }) => measured?.[at] ?? true);
  const told = known.map(({ at, persistence, barrier }): PlaneMinimum => {
    const error =
      errors && barrier !== null
        ? errorUpTo(losses[at], losses, errors) + errorUpTo(losses[barrier], losses, errors)
        : 0;
    return {
      ...pointAt(at),
      persistence,
      ...(error > 0 && { error }),
      ...(barrier !== null && { barrier: pointAt(barrier) }),
      ...(onEdge(at) && { onEdge: true }),
    };
  });
  return {
    components,
    minima: told.slice(0, LISTED),
    threshold,
    lasting: told.filter(({ persistence, error = 0 }) => persistence - error > threshold).length,
    ...(known.length < minima.length && { unmeasured: minima.length - known.length }),
  };
}

/**
 * How far interpolation errors can move the level at which two sublevel sets meet, or at which one begins: by the largest
 * error among the points that may lie below the level. This is the stability of persistence (Cohen-Steiner, Edelsbrunner
 * & Harer 2007), whose proof uses no other point.
 */
function errorUpTo(level: number, losses: readonly number[], errors: readonly number[]): number {
  let largest = 0;
  losses.forEach((loss, p) => {
    if (errors[p] > largest && loss - errors[p] <= level) largest = errors[p];
  });
  return largest;
}
