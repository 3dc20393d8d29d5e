import type { Objective } from '../objective/objective';
import type { Plane } from '../report/report';
import type { Direction } from './direction';
import { cosine, vectorFor } from './direction';
import { centreIndex, gridValues } from './grid';
import type { Mesh, AxisRange } from './grid';
import { interpolationOf, sampleGrid, scoresOf } from './sampleGrid';
import type { SampleOptions, Samples } from './sampleGrid';

export interface PlaneSampling extends Omit<SampleOptions, 'onSamples'> {
  /**
   * Called for each picture: first smaller, fully measured planes, then, if fine points are interpolated, the whole plane
   * with the measurements so far.
   */
  onPlane?: (plane: Plane) => void;
}

/** L(θ + α·x + β·y) over a grid, loss[β][α], sampled as by `sampleGrid`. */
export async function samplePlane(
  objective: Objective,
  x: Direction,
  y: Direction,
  ranges: { x: AxisRange; y: AxisRange },
  { onPlane, ...options }: PlaneSampling = {},
): Promise<Plane> {
  const alpha = gridValues(ranges.x);
  const beta = gridValues(ranges.y);
  const planeOf = (samples: Samples, { rows, columns }: Mesh): Plane => {
    const matrix = <T>(values: readonly T[]): T[][] =>
      rows.map((row) => columns.map((column) => values[row * alpha.length + column]));
    const interpolation = interpolationOf(samples);
    return {
      x: { direction: x.name, values: columns.map((column) => alpha[column]) },
      y: { direction: y.name, values: rows.map((row) => beta[row]) },
      loss: matrix(samples.loss as number[]),
      ...scoresOf(samples, (values) => matrix(values as number[])),
      cosine: cosine(x, y),
      ...(interpolation && {
        ...interpolation,
        evaluated: matrix(interpolation.evaluated),
        error: matrix(interpolation.error),
      }),
    };
  };
  const samples = await sampleGrid(
    objective,
    [vectorFor(objective, x), vectorFor(objective, y)],
    { alpha, beta, centre: [centreIndex(beta), centreIndex(alpha)] },
    { ...options, onSamples: (partial, mesh) => onPlane?.(planeOf(partial, mesh)) },
  );
  return planeOf(samples, { rows: beta.map((_, i) => i), columns: alpha.map((_, i) => i) });
}
