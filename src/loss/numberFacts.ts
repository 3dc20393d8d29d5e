import type { Tensor } from '../graph/tensor';
import { sizeOf } from '../graph/tensor';

/** What the numbers of an output are, by their values. */
export interface NumberFacts {
  samples: number;
  min: number;
  max: number;
  /** Every one lies in [0, 1], and not all are equal. */
  inUnit: boolean;
  /** None is negative, and along the class axis they sum to one, in every row. */
  sumToOne: boolean;
  /** None is positive, and along the class axis their exponentials sum to one. */
  expSumToOne: boolean;
}

/** Sums of float32 probabilities, each perhaps cut at 1e-7 or 1e-5, are 1 so far. No other numbers are by chance. */
const SAME = 1e-3;
/** As far beyond a bound as rounding goes. */
const ROUNDING = 1e-6;

/** @param classAxis null where no axis holds classes */
export function numberFacts({ shape, data }: Tensor, classAxis: number | null): NumberFacts {
  const values = data as Float32Array;
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    // NaN stays: nothing is true of it.
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

/** Whether the sums of a function of the numbers along an axis all are one. */
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
