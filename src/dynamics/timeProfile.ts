import type { SequenceFigures } from '../objective/objective';
import type { GeometricRate } from './geometricRate';
import { geometricRate } from './geometricRate';
import { spectralNorm, spectralRadius } from './spectralRadius';

/** How the gradient changes from step to step back in time. */
export interface TimeProfile {
  layer: string;
  /** Number of steps over which the factor is taken. */
  steps: number;
  /** Factor per step back in time; null with fewer than three steps. */
  rate: GeometricRate | null;
  /** Size at the first step over that at the last. */
  factor: number;
  /** Of the recurrent matrix, where there is a single square one. */
  spectralRadius: number | null;
  spectralNorm: number | null;
}

/**
 * Fits a geometric course to the gradient that comes back from the last step. The rate is measured, because the spectral
 * radius bounds it only for infinitely many steps: a non-normal matrix of radius 0.5 can grow a gradient 19-fold before.
 * @returns null where the loss does not read the last step
 */
export function timeProfile({ layer, steps, carried, matrix }: SequenceFigures): TimeProfile | null {
  if (!carried) return null;
  // Backwards: the last step first. A gradient that has died on the way cannot be fitted further.
  const sizes = [...carried].reverse();
  const dead = sizes.findIndex((size) => !(size > 0) || !Number.isFinite(size));
  const alive = dead < 0 ? sizes : sizes.slice(0, dead);
  const places = steps.map((step) => -step).reverse();
  const factor = sizes[sizes.length - 1];
  return {
    layer,
    steps: steps[steps.length - 1] - steps[0],
    rate: geometricRate(places.slice(0, alive.length), alive),
    factor,
    spectralRadius: matrix && spectralRadius(matrix.values, matrix.size),
    spectralNorm: matrix && spectralNorm(matrix.values, matrix.size),
  };
}
