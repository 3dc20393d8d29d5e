import { UserError } from '../errors';
import type { DType, Tensor } from '../graph/tensor';
import { sizeOf } from '../graph/tensor';
import { formatExact } from '../text/numbers';
import { classFault } from './classFault';
import { formatShape } from './dataset';
import type { RowKind } from './distributions';
import { distributionAxes, toDistributions } from './distributions';
import { fitShape } from './shape';

/** The form of targets that a loss needs. */
export type TargetNeed =
  /**
   * Class indices, int64 [N, …positions], or distributions over the classes, float32 [N, …positions, C]. `positions`
   * are the axes of the logits other than samples and classes. The value `ignored` marks positions without a target
   * and stays in the result.
   */
  | { kind: 'classes'; classes: number; positions: readonly number[]; ignored?: number }
  /** Numbers, float32, of the output's shape. `unit` says whether they must lie in [0, 1]. */
  | { kind: 'values'; shape: readonly (number | null)[]; unit: boolean };

/** Properties of targets that are known before a loss is chosen. */
export interface TargetFacts {
  dtype: DType;
  shape: readonly number[];
  min: number;
  max: number;
  /** Whether every value is whole. */
  integers: boolean;
  /** Axes along which every row is one-hot, or a distribution: nonnegative with sum 1. */
  distributions: ReadonlyMap<number, RowKind>;
}

export function targetFacts(target: Tensor): TargetFacts {
  let min = Infinity;
  let max = -Infinity;
  let integers = true;
  for (let i = 0; i < target.data.length; i++) {
    const value = Number(target.data[i]);
    if (value < min) min = value;
    if (value > max) max = value;
    integers &&= Number.isInteger(value);
  }
  const { dtype, shape } = target;
  const distributions: TargetFacts['distributions'] = min >= 0 ? distributionAxes(target) : new Map<number, RowKind>();
  return { dtype, shape, min, max, integers, distributions };
}

/**
 * Converts targets to the form that the loss needs. One-hot rows become class indices, other rows over the classes
 * become distributions, whole floats become integers, and axes of length 1 are added or dropped. If the loss needs
 * classes, a model's recorded outputs become the class of the largest entry.
 * @param where file and key, for messages
 * @throws UserError naming the first sample and value that cannot be
 */
export function prepareTarget(
  target: Tensor,
  need: TargetNeed,
  options: { where: string; isModelOutput?: boolean },
): { target: Tensor; notes: string[] } {
  const notes: string[] = [];
  const { where } = options;
  if (need.kind === 'values') return { target: toValues(target, need, where), notes };

  const wanted = [target.shape[0], ...need.positions];
  const perClass = [target.shape[0], need.classes, ...need.positions];
  if (need.classes > 1 && formatShape(target.shape) === formatShape(perClass)) {
    if (distributionAxes(target).get(1) === 'one-hot') {
      notes.push('One-hot targets are read as class indices.');
      return { target: largestAlongClasses(target, wanted), notes };
    }
    if (options.isModelOutput) {
      notes.push('The model itself labels the samples, by the class of its largest output.');
      return { target: largestAlongClasses(target, wanted), notes };
    }
    const distributions = toDistributions(target, where);
    return { target: distributions.target, notes: [distributions.note] };
  }
  return { target: toClasses(target, need, wanted, where), notes };
}

function toClasses(
  target: Tensor,
  { classes, ignored }: TargetNeed & { kind: 'classes' },
  wanted: number[],
  where: string,
): Tensor {
  if (target.data.length !== sizeOf(wanted)) {
    throw new UserError({
      what: `The targets have shape ${formatShape(target.shape)}; class indices ${formatShape(wanted)} are needed.`,
      where: [where],
      action: 'Name the array of class indices with --target KEY, or choose another --loss.',
    });
  }
  const fault = classFault(target, classes, ignored);
  if (fault) throw new UserError({ ...fault, where: [where] });
  const data = new BigInt64Array(target.data.length);
  for (let i = 0; i < data.length; i++) data[i] = BigInt(Number(target.data[i]));
  return { dtype: 'int64', shape: wanted, data };
}

function toValues(target: Tensor, need: TargetNeed & { kind: 'values' }, where: string): Tensor {
  const fit = fitShape(target.shape, need.shape);
  if (!fit || fit.how === 'channelsFirst' || fit.how === 'channelsLast') {
    throw new UserError({
      what: `The targets have shape ${formatShape(target.shape)}, the model's output ${formatShape(need.shape)}.`,
      where: [where],
      action: 'Save one target per output value, or choose a --loss that takes class indices.',
    });
  }
  const perSample = target.data.length / target.shape[0];
  const data = target.dtype === 'float32' ? (target.data as Float32Array) : new Float32Array(target.data.length);
  for (let i = 0; i < data.length; i++) {
    const value = Number(target.data[i]);
    if (need.unit && !(value >= 0 && value <= 1)) {
      throw new UserError({
        what: `The target of sample ${Math.floor(i / perSample)} is ${formatExact(value)}; binary cross-entropy takes numbers from 0 to 1.`,
        where: [where],
        action: 'Encode the two classes as 0 and 1, or choose another --loss.',
      });
    }
    if (data !== target.data) data[i] = value;
  }
  return { dtype: 'float32', shape: fit.shape, data };
}

/** Yields for each position of [N, C, …positions] the offset of class 0 and the distance between classes. */
function* classRows(target: Tensor): Generator<{ offset: number; stride: number; row: number }> {
  const [samples, classes, ...positions] = target.shape as [number, number, ...number[]];
  const stride = sizeOf(positions);
  for (let row = 0; row < samples * stride; row++) {
    yield { offset: Math.floor(row / stride) * classes * stride + (row % stride), stride, row };
  }
}

function largestAlongClasses(target: Tensor, shape: number[]): Tensor {
  const classes = target.shape[1];
  const data = new BigInt64Array(sizeOf(shape));
  for (const { offset, stride, row } of classRows(target)) {
    let best = 0;
    for (let c = 1; c < classes; c++) {
      if (target.data[offset + c * stride] > target.data[offset + best * stride]) best = c;
    }
    data[row] = BigInt(best);
  }
  return { dtype: 'int64', shape, data };
}
