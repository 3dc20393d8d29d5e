import { barrierBetween } from '../../compare/barrier';
import type { AnswersAtEnds, Segment } from '../../compare/barrier';
import { planeAxes } from '../../compare/planeAxes';
import type { Direction } from '../../landscape/direction';
import { vectorFor } from '../../landscape/direction';
import { samplePlane } from '../../landscape/plane';
import { withTopology } from '../../landscape/planeTopology';
import { axpy, norm } from '../../numerics/vectors';
import type { Objective } from '../../objective/objective';
import type { ResolvedOptions } from '../../options/presets';
import type { BetweenModels, PlaneThroughModels } from '../../report/sections/comparison';
import type { WideLoss } from '../facts';
import type { StageReport } from '../progress';
import { combinedDirection } from './otherDirections';

interface Hooks {
  signal?: AbortSignal;
  report: StageReport;
}

/** The first model, and the directions to all others; null stands for the first itself. */
export type ModelPlace = Direction | null;

/** Margin of the plane around the models, as a part of its larger extent. */
const MARGIN = 0.25;

/**
 * The straight line between two models, and the test data at the same points.
 * @param known the losses of single samples at the ends, where they have been measured
 */
export async function lineBetween(
  { objective, test }: WideLoss,
  [from, to]: readonly [ModelPlace, ModelPlace],
  { signal, report, known }: Hooks & { known?: Partial<AnswersAtEnds> },
): Promise<BetweenModels> {
  const segment = segmentOf(objective, from, to);
  const line = await barrierBetween(objective, segment, {
    signal,
    known,
    onPoint: (done, total) => report(done / total, `point ${done} of ${total}`),
  });
  if (!test) return line;
  const values = await test.plane(segment.d1, segment.d2, line.alpha.map(segment.pointAt), { signal });
  const accuracy = values.map((value) => value.accuracy);
  return {
    ...line,
    test: {
      loss: values.map(({ loss }) => loss),
      ...(accuracy.some((value) => !Number.isNaN(value)) ? { accuracy } : {}),
    },
  };
}

/** ‖θ_to − θ_from‖ over the parameters. */
export function distanceBetween(from: ModelPlace, to: ModelPlace): number {
  if (!from) return to?.norm ?? 0;
  if (!to) return from.norm;
  return norm(minus(to.vector, from.vector));
}

/** The plane through the first model and two others; null where they lie on one line. */
export async function planeThrough(
  objective: Objective,
  [u, v]: readonly [Direction, Direction],
  { steps, tolerance }: { steps: number; tolerance?: ResolvedOptions['planes'][number]['tolerance'] },
  { signal, report }: Hooks,
): Promise<PlaneThroughModels | null> {
  const axes = planeAxes(u.vector, v.vector);
  if (!axes) return null;
  const x = combinedDirection(u.name, axes.x, u, v);
  const y = combinedDirection(`${v.name}, at right angles`, axes.y, u, v);
  const range = (axis: 0 | 1, margin: number) => {
    const at = axes.positions.map((position) => position[axis]);
    return { from: Math.min(...at) - margin, to: Math.max(...at) + margin, steps };
  };
  const extents = [0, 1].map((axis) => {
    const { from, to } = range(axis as 0 | 1, 0);
    return to - from;
  });
  const margin = MARGIN * Math.max(...extents);
  const surface = await samplePlane(
    objective,
    x,
    y,
    { x: range(0, margin), y: range(1, margin) },
    {
      tolerance,
      signal,
      onPoint: (done, total) => report(done / Math.max(total, done), `point ${done}`),
    },
  );
  const [d1, d2] = [vectorFor(objective, x), vectorFor(objective, y)];
  const minima = await withTopology(surface, (points) => objective.plane(d1, d2, points, { signal }));
  return { surface: minima, positions: axes.positions };
}

/** The line between two places as points of a plane in which the objective is measured. */
function segmentOf(objective: Objective, from: ModelPlace, to: ModelPlace): Segment {
  const there = (place: ModelPlace) => (place ? vectorFor(objective, place) : new Float32Array(objective.dim));
  if (!from) return { d1: there(to), d2: null, pointAt: (alpha) => ({ alpha, beta: 0 }) };
  const start = there(from);
  return { d1: start, d2: minus(there(to), start), pointAt: (beta) => ({ alpha: 1, beta }) };
}

function minus(a: Float32Array, b: Float32Array): Float32Array {
  const difference = Float32Array.from(a);
  axpy(-1, b, difference);
  return difference;
}
