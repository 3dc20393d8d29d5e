import type { OptimizerName } from '../../report/sections/optimizers';

/** Moves the displacement by one step, in place. It may ask for the gradient at a further point. */
export type Stepper = (
  displacement: Float32Array,
  gradient: Float32Array,
  beside: (displacement: Float32Array) => Promise<Float32Array>,
) => void | Promise<void>;

export interface FirstOrderStart {
  stepSize: number;
  theta: Float32Array;
  /** ‖∇L‖ at the start. */
  gradientNorm: number;
}

/** An optimizer that goes along the gradient or a vector made of gradients, by a step size that is given. */
export interface FirstOrder {
  name: OptimizerName;
  /** Gradients per step. */
  price: number;
  /** The method whose best step size this search starts from, and the factor to it. Null: from the length of the first step. */
  seed: { of: OptimizerName; factor: number } | null;
  /** What a step size of 1 moves by in the first step: the gradient, or about 1 in every coordinate. */
  unit: 'gradient' | 'sign';
  begin(start: FirstOrderStart): Stepper;
}
