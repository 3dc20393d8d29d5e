import type { Objective } from '../objective/objective';
import type { Line } from '../report/report';
import type { Direction } from './direction';
import { vectorFor } from './direction';
import { centreIndex, gridValues } from './grid';
import type { AxisRange } from './grid';
import { interpolationOf, sampleGrid, scoresOf } from './sampleGrid';
import type { SampleOptions, Samples } from './sampleGrid';

export interface LineOptions extends Omit<SampleOptions, 'onSamples'> {
  /** Called for each line to draw, coarse to fine. */
  onLine?: (line: Line) => void;
}

/** L(θ + α·d) for α over a range, sampled as by `sampleGrid`. */
export async function sampleLine(
  objective: Objective,
  direction: Direction,
  range: AxisRange,
  { onLine, ...options }: LineOptions = {},
): Promise<Line> {
  const alpha = gridValues(range);
  const lineOf = (samples: Samples, columns: number[]): Line => {
    const interpolation = interpolationOf(samples);
    return {
      direction: direction.name,
      alpha: columns.map((i) => alpha[i]),
      loss: columns.map((i) => samples.loss[i]!),
      ...scoresOf(samples, (values) => columns.map((i) => values[i]!)),
      directionNorm: direction.norm,
      ...interpolation,
    };
  };
  const samples = await sampleGrid(
    objective,
    [vectorFor(objective, direction), null],
    { alpha, beta: [0], centre: [0, centreIndex(alpha)] },
    { ...options, onSamples: (partial, { columns }) => onLine?.(lineOf(partial, columns)) },
  );
  return lineOf(
    samples,
    alpha.map((_, i) => i),
  );
}
