import type { Tensor } from '../graph/tensor';
import { sizeOf } from '../graph/tensor';

/** Facts about the numbers of an output, from their values. */
export interface NumberFacts {
  samples: number;
  min: number;
  max: number;
  /** True if every number lies in [0, 1] and not all are equal. */
  inUnit: boolean;
  /** True if no number is negative and every row sums to one along the class axis. */
  sumToOne: boolean;
  /** True if no number is positive and the exponentials sum to one along the class axis. */
  expSumToOne: boolean;
}

/** Tolerance for sums of float32 probabilities, each perhaps clipped at 1e-7 or 1e-5. Other numbers do not meet it by chance. */
const SAME = 1e-3;
/** Distance beyond a bound that rounding may cause. */
const ROUNDING = 1e-6;

/** @param classAxis null if no axis holds classes */
export function numberFacts({ shape, data }: Tensor, classAxis: number | null): NumberFacts {
  const values = data as Float32Array;
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    // NaN satisfies no condition.
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const classes = classAxis === null ? 1 : shape[classAxis];
  const rowsAre = (of: (value: number) => number) =>
    classAxis !== null && classes > 1 && values.length > 0 && everySum({ shape, values, axis: classAxis }, of);
  return {
    samples: shape[0],
    min,
    max,
    inUnit: min >= -ROUNDING && max <= 1 + ROUNDING && min < max,
    sumToOne: min >= -ROUNDING && rowsAre((value) => value),
    expSumToOne: max <= SAME && rowsAre(Math.exp),
  };
}

/** Whether all sums of a function of the numbers along an axis are one. */
function everySum(
  { shape, values, axis }: { shape: readonly number[]; values: Float32Array; axis: number },
  of: (value: number) => number,
): boolean {
  const [classes, stride] = [shape[axis], sizeOf(shape.slice(axis + 1))];
  for (let row = 0; row < values.length / classes; row++) {
    const first = Math.floor(row / stride) * classes * stride + (row % stride);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += of(values[first + c * stride]);
    if (!(Math.abs(sum - 1) <= SAME)) return false;
  }
  return true;
}
