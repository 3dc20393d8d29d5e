import { gaussianVector } from '../numerics/random';
import type { Random } from '../numerics/random';
import { norm } from '../numerics/vectors';
import type { ParameterTensor } from '../objective/objective';

/**
 * A random direction in which all tensors move together, each by about its natural length: its own norm, or where it is zero
 * the norm of a semi-orthogonal matrix of its shape, √min(rows, columns). A direction that leaves out the tensors at
 * zero, or moves one tensor alone, finds no descent where all layers have to move together.
 * @returns [dim]
 */
export function naturalDirection(
  parameters: readonly ParameterTensor[],
  theta: Float32Array,
  source: Random,
): Float32Array {
  const direction = gaussianVector(theta.length, source);
  for (const { shape, offset, count } of parameters) {
    const part = direction.subarray(offset, offset + count);
    const factor = naturalLength(shape, theta.subarray(offset, offset + count)) / Math.sqrt(count);
    for (let i = 0; i < part.length; i++) part[i] *= factor;
  }
  return direction;
}

/** ‖θ‖, with the natural length of each tensor that is zero. */
export function naturalRadius(parameters: readonly ParameterTensor[], theta: Float32Array): number {
  const squares = parameters.map(
    ({ shape, offset, count }) => naturalLength(shape, theta.subarray(offset, offset + count)) ** 2,
  );
  return Math.sqrt(squares.reduce((a, b) => a + b, 0));
}

function naturalLength(shape: readonly number[], tensor: Float32Array): number {
  const own = norm(tensor);
  if (own > 0) return own;
  const [rows = 1, ...rest] = shape;
  return Math.sqrt(
    Math.min(
      rows,
      rest.reduce((a, b) => a * b, 1),
    ),
  );
}
