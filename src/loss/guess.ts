import type { LossName } from '../options/options';
import { formatExact, formatNumber } from '../text/numbers';
import { chooseClassAxis } from './classAxis';
import type { LayerEnd } from './layerEnd';
import type { Prediction } from './prediction';

/** Evidence for the guess. */
export interface LossClues {
  /** What the output is. */
  prediction: Prediction;
  /** The last layer below it. */
  end: LayerEnd | null;
  /** Shape of the output, [N, …]; null is a free dimension. */
  outputShape: readonly (number | null)[];
  /** The axis of the classes, if given. */
  classAxis?: number | null;
  target: {
    shape: readonly number[];
    min: number;
    max: number;
    integers: boolean;
    /** Axes along which every row is one-hot, or a distribution: nonnegative with sum 1. */
    distributions: ReadonlyMap<number, 'one-hot' | 'distributions'>;
  } | null;
}

export interface GuessedLoss {
  loss: LossName;
  /** "10 outputs and integer targets from 0 to 9" */
  reason: string;
  /** True if neither the graph nor any targets show that the outputs are classes. */
  unfounded?: boolean;
}

/** The loss that the end of the graph and the targets suggest; null if they suggest none. */
export function guessLoss({ prediction, end, outputShape, classAxis = null, target }: LossClues): GuessedLoss | null {
  const { kind, family, logits, form } = prediction;
  if (outputShape.length === 0) return { loss: 'output', reason: 'the model gives one number for all samples' };
  if (outputShape.every((dim) => dim === 1) && !target) return { loss: 'output', reason: 'the model gives one number' };
  const isCategorical = family === 'categorical';
  const isBinary = family === 'bernoulli' && kind === 'probabilities';
  const classification: LossName = isCategorical && kind === 'logProbabilities' ? 'nll' : 'cross_entropy';
  const ending = `the model ends in ${form}`;
  if (!target) {
    if (isCategorical) return { loss: classification, reason: ending };
    if (isBinary && logits) return { loss: 'bce', reason: ending };
    const perSample = outputShape.slice(1);
    if (perSample.every((dim) => dim === 1)) return { loss: 'mse', reason: 'one output per sample' };
    // One channel, [N, 1, H, W], or one number for each token, [N, L, 1].
    const channels = perSample.length === 2 && end?.op !== 'Conv' ? perSample[1] : perSample[0];
    if (channels === 1) return { loss: 'mse', reason: 'one output per position' };
    const count = perSample.map((dim) => dim ?? '?').join(' × ');
    return {
      loss: 'cross_entropy',
      reason: `${count} outputs per sample, read as classes; only targets would show whether they are`,
      unfounded: true,
    };
  }
  const { min, max, integers, distributions } = target;
  const rows = [...distributions].flatMap(([at, each]) => (mayHoldClasses(at, outputShape) ? [each] : []));
  const oneHot = rows.includes('one-hot');
  const { axis, fits } = chooseClassAxis({
    outputShape,
    prediction,
    end,
    targetShape: target.shape,
    wanted: classAxis,
  });
  const classes = fits ? outputShape[axis] : null;
  const written = (value: number) => (integers ? formatExact(value) : formatNumber(value, 3));
  const range = `${integers ? 'integer' : 'real'} targets from ${written(min)} to ${written(max)}`;
  const labels = integers && min >= 0 && classes !== null && classes > 1 && max < classes;
  if (labels || (oneHot && isCategorical)) {
    return {
      loss: classification,
      reason: `${classes ?? outputShape[1]} outputs and ${oneHot ? 'one-hot targets' : range}${isCategorical ? `, ${ending}` : ''}`,
    };
  }
  if (rows.length > 0 && sameCount(outputShape, target.shape)) {
    const reason = oneHot ? 'one-hot targets' : 'targets that are distributions over the classes';
    return { loss: isBinary ? 'bce' : classification, reason };
  }
  // Pixels may also be clipped to [0, 1]. Without a sigmoid, only targets of 0 or 1 indicate probabilities.
  if (min >= 0 && max <= 1 && isBinary && (logits || integers)) return { loss: 'bce', reason: `${range}, ${ending}` };
  if (integers && min === 0 && max === 1 && sameCount(outputShape, target.shape)) {
    return { loss: 'bce_with_logits', reason: `one output and ${range}` };
  }
  return sameCount(outputShape, target.shape) ? { loss: 'mse', reason: `${range}, one per output` } : null;
}

/** Classes are on axis 1 or the last one; a single channel [N, 1, H, W] has none. */
function mayHoldClasses(axis: number, output: readonly (number | null)[]): boolean {
  if (axis === 1) return output[1] !== 1;
  return axis === output.length - 1 && (output.length < 4 || output[1] !== 1);
}

/** Whether both have equally many numbers per sample, as far as known. */
function sameCount(output: readonly (number | null)[], target: readonly number[]): boolean {
  const count = (shape: readonly (number | null)[]) => shape.slice(1).reduce<number>((n, dim) => n * (dim ?? NaN), 1);
  return Number.isNaN(count(output)) || count(output) === count(target);
}
