import { gaussianVector, random } from '../numerics/random';
import { norm } from '../numerics/vectors';
import type { ParameterTensor } from '../objective/objective';

/** Power iterations. Ten give two digits for the matrices of a network, and no one needs more of a length scale. */
const ITERATIONS = 10;

/**
 * The largest singular value of a weight tensor as the matrix that maps its inputs to its outputs, by power iteration
 * on AᵀA. The rows are the tensor's filters. A tensor without filters (bias, norm scale) acts by its largest entry.
 * @param values the entries of the tensor, in its own layout
 * Cost: 20 passes over the tensor.
 */
export function operatorNorm(values: Float32Array, { filters }: Pick<ParameterTensor, 'filters'>): number {
  if (!filters) return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const { outer, filters: rows, inner } = filters;
  let right = gaussianVector(outer * inner, random(0, 'operator norm'));
  let length = 0;
  for (let i = 0; i < ITERATIONS; i++) {
    const size = norm(right);
    if (size === 0) return 0;
    const left = new Float32Array(rows);
    eachRun(({ row, from, column }) => {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += values[from + k] * right[column + k];
      left[row] += sum / size;
    });
    const next = new Float32Array(right.length);
    eachRun(({ row, from, column }) => {
      for (let k = 0; k < inner; k++) next[column + k] += values[from + k] * left[row];
    });
    length = norm(left);
    right = next;
  }
  return length;

  /** Visits the stretches of the tensor that belong to one row and lie side by side. */
  function eachRun(visit: (run: { row: number; from: number; column: number }) => void): void {
    for (let o = 0; o < outer; o++)
      for (let row = 0; row < rows; row++) visit({ row, from: (o * rows + row) * inner, column: o * inner });
  }
}
