import { UserError } from '../errors';
import type { Tensor } from '../graph/tensor';
import { sizeOf } from '../graph/tensor';
import { formatNumber } from '../text/numbers';
import { formatShape } from './dataset';

/** Rows that were rounded to two or three digits, or to float16, still count as distributions. */
const SUM_TOLERANCE = 1e-2;
/** A sum further from 1 than this is reported to the user, because the loss takes the numbers as they are. */
const TOLD_DEVIATION = 1e-4;

/** Kind of the rows along one axis. */
export type RowKind = 'one-hot' | 'distributions';

/**
 * Finds the axes after the sample axis along which every row is one-hot, or nonnegative with sum 1.
 * Takes one pass over the data for each axis.
 */
export function distributionAxes(target: Tensor): Map<number, RowKind> {
  const found = new Map<number, RowKind>();
  for (let axis = 1; axis < target.shape.length; axis++) {
    const kind = rowKind(target, axis);
    if (kind) found.set(axis, kind);
  }
  return found;
}

function rowKind(target: Tensor, axis: number): RowKind | null {
  if (target.shape[axis] < 2) return null;
  let oneHot = true;
  for (const { sum, smallest, ones, zeros } of rowsAlong(target, axis)) {
    if (smallest < 0 || !(Math.abs(sum - 1) <= SUM_TOLERANCE)) return null;
    oneHot &&= ones === 1 && zeros === target.shape[axis] - 1;
  }
  return oneHot ? 'one-hot' : 'distributions';
}

interface Row {
  sample: number;
  sum: number;
  smallest: number;
  /** Number of entries that are exactly 1. `zeros` counts those that are exactly 0. */
  ones: number;
  zeros: number;
}

function* rowsAlong({ shape, data }: Tensor, axis: number): Generator<Row> {
  const length = shape[axis];
  const stride = sizeOf(shape.slice(axis + 1));
  const rows = length === 0 ? 0 : data.length / length;
  for (let row = 0; row < rows; row++) {
    const offset = Math.floor(row / stride) * length * stride + (row % stride);
    let [sum, smallest, ones, zeros] = [0, Infinity, 0, 0];
    for (let i = 0; i < length; i++) {
      const value = Number(data[offset + i * stride]);
      sum += value;
      if (value < smallest) smallest = value;
      if (value === 1) ones++;
      if (value === 0) zeros++;
    }
    yield { sample: Math.floor((row * shape[0]) / rows), sum, smallest, ones, zeros };
  }
}

/**
 * Converts targets [N, C, …] with one number per class to distributions [N, …, C].
 * @throws UserError naming the first row that is not a distribution, with a guess what it is instead
 */
export function toDistributions(target: Tensor, where: string): { target: Tensor; note: string } {
  let deviation = 0;
  for (const row of rowsAlong(target, 1)) {
    if (row.smallest < 0 || !(Math.abs(row.sum - 1) <= SUM_TOLERANCE)) throw noDistribution(target, row, where);
    deviation = Math.max(deviation, Math.abs(row.sum - 1));
  }
  const note = 'The targets are distributions over the classes: the loss is −Σ t·log p.';
  const rounded = ` Their sums differ from 1 by up to ${formatNumber(deviation, 2)}; they are not normalized.`;
  return { target: classesLast(target), note: deviation > TOLD_DEVIATION ? note + rounded : note };
}

function noDistribution(target: Tensor, { sample, sum, smallest }: Row, where: string): UserError {
  const fault =
    smallest < 0
      ? `one of sample ${sample} is ${formatNumber(smallest)}`
      : `those of sample ${sample} sum to ${formatNumber(sum)}`;
  return new UserError({
    what: `The targets ${formatShape(target.shape)} hold one number per class, but are not distributions: ${fault}.`,
    where: [where],
    action: adviceFor(target),
  });
}

function adviceFor(target: Tensor): string {
  const rows = [...rowsAlong(target, 1)];
  const classes = target.shape[1];
  if (rows.some(({ smallest }) => smallest < 0)) {
    return 'If these are the scores (logits) of a teacher, save their softmax; to compare the numbers themselves, use --loss mse.';
  }
  if (rows.every(({ ones, zeros }) => ones + zeros === classes)) {
    return rows.some(({ ones }) => ones > 1)
      ? 'If several classes can be right at once, use --loss bce_with_logits (or bce for probabilities).'
      : 'Leave out the samples that have no class, or give class indices and mark these with --ignore-index.';
  }
  if (rows.every(({ sum }) => sum > 0)) {
    return 'Divide each row by its sum if these are counts or percentages; to compare the numbers themselves, use --loss mse.';
  }
  return 'Give class indices or distributions, or compare the numbers themselves with --loss mse.';
}

/** Moves the class axis last: [N, C, …] → [N, …, C], float32. */
function classesLast({ shape, data }: Tensor): Tensor {
  const [samples, classes, ...positions] = shape;
  const size = sizeOf(positions);
  const moved = new Float32Array(data.length);
  for (let n = 0, to = 0; n < samples; n++) {
    for (let p = 0; p < size; p++) {
      for (let c = 0; c < classes; c++) moved[to++] = Number(data[(n * classes + c) * size + p]);
    }
  }
  return { dtype: 'float32', shape: [samples, ...positions, classes], data: moved };
}
