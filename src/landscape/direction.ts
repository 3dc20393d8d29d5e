import type { ParameterTensor } from '../objective/objective';
import type { DirectionName } from '../report/report';
import type { Normalization } from './filterNormalize';

/** A direction in parameter space, as used. */
export interface Direction {
  name: DirectionName;
  vector: Float32Array;
  norm: number;
  /** Plain sentences on what was done to it: tensors held still, components removed. */
  notes: string[];
}

/** ∇L / ‖∇L‖, or null where the gradient is exactly zero. */
export declare function gradientDirection(gradient: Float32Array): Direction | null;
/** θ itself; null where θ = 0. */
export declare function parametersDirection(theta: Float32Array): Direction | null;
/** Seeded Gaussian direction, scaled by filter, by tensor or not at all. `stream` tells the directions of one seed apart. */
export declare function randomDirection(
  parameters: readonly ParameterTensor[],
  theta: Float32Array,
  options: { seed: number; stream: number; normalization: Normalization },
): Direction;
/** Unit eigenvector. */
export declare function eigenvectorDirection(name: DirectionName, vector: Float32Array): Direction;
/** Other model minus this one. */
export declare function toModelDirection(path: string, theta: Float32Array, other: Float32Array): Direction | null;
/** `second` without its component along `first` (after scaling, so its length shrinks a little); null when nothing is left. */
export declare function orthogonalTo(first: Direction, second: Direction): Direction | null;
export declare function cosine(a: Direction, b: Direction): number;
