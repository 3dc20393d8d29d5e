import type { LossName } from '../options/options';

/** What the guess goes by. */
export interface LossClues {
  /** Operators of the model that make the output, the last one first, looking through reshapes and casts. */
  lastOperators: readonly string[];
  /** Of the output, [N, …]; null is free. */
  outputShape: readonly (number | null)[];
  target: {
    shape: readonly number[];
    min: number;
    max: number;
    integers: boolean;
    oneHot: boolean;
  } | null;
}

export interface LossGuess {
  loss: LossName;
  /** "10 outputs and integer targets from 0 to 9" */
  reason: string;
}

/** The loss that the graph's end and the targets suggest; null when nothing does. */
export function guessLoss({ lastOperators, outputShape, target }: LossClues): LossGuess | null {
  const [last = ''] = lastOperators;
  if (outputShape.every((dim) => dim === 1) && !target) return { loss: 'output', reason: 'the model gives one number' };
  const softmax = last === 'Softmax' || last === 'LogSoftmax';
  const classification: LossName = last === 'LogSoftmax' ? 'nll' : 'cross_entropy';
  if (!target) {
    if (softmax) return { loss: classification, reason: `the model ends in ${last}` };
    if (last === 'Sigmoid') return { loss: 'bce', reason: 'the model ends in Sigmoid' };
    const perSample = outputShape.slice(1);
    if (outputShape.length === 0) return null;
    if (perSample.every((dim) => dim === 1)) return { loss: 'mse', reason: 'one output per sample' };
    // One channel, [N, 1, H, W], or one number for each token, [N, L, 1].
    const channels = perSample.length === 2 && !last.startsWith('Conv') ? perSample[1] : perSample[0];
    return channels === 1
      ? { loss: 'mse', reason: 'one output per position' }
      : { loss: 'cross_entropy', reason: `${perSample.map((dim) => dim ?? '?').join(' × ')} outputs per sample` };
  }
  const { min, max, integers, oneHot } = target;
  const axis = classAxis(outputShape, target.shape);
  const classes = axis === null ? null : outputShape[axis];
  const range = `${integers ? 'integer' : 'real'} targets from ${round(min)} to ${round(max)}`;
  const labels = integers && min >= 0 && classes !== null && classes > 1 && max < classes;
  if (labels || (oneHot && softmax)) {
    const ending = softmax ? `, the model ends in ${last}` : '';
    return {
      loss: classification,
      reason: `${classes ?? outputShape[1]} outputs and ${oneHot ? 'one-hot targets' : range}${ending}`,
    };
  }
  if (oneHot && sameCount(outputShape, target.shape)) {
    return { loss: last === 'Sigmoid' ? 'bce' : 'cross_entropy', reason: 'one-hot targets' };
  }
  if (min >= 0 && max <= 1 && last === 'Sigmoid') return { loss: 'bce', reason: `${range}, the model ends in Sigmoid` };
  if (integers && min === 0 && max === 1 && sameCount(outputShape, target.shape)) {
    return { loss: 'bce_with_logits', reason: `one output and ${range}` };
  }
  return sameCount(outputShape, target.shape) ? { loss: 'mse', reason: `${range}, one per output` } : null;
}

/**
 * Which axis of the output holds the classes when the targets are class indices: 1 for [N, C, …], the last for
 * [N, …, C]; null when neither leaves the targets' shape. Of a target [N] with output [N, C] it is 1.
 */
export function classAxis(output: readonly (number | null)[], target: readonly number[]): number | null {
  const fits = (axis: number) => {
    const rest = output.filter((_, i) => i !== axis).slice(1);
    const positions = trimOnes(target.slice(1));
    const wanted = trimOnes(rest.map((dim) => dim ?? -1));
    return positions.length === wanted.length && positions.every((dim, i) => wanted[i] === -1 || wanted[i] === dim);
  };
  const last = output.length - 1;
  if (last < 1) return null;
  if (fits(1)) return 1;
  return fits(last) ? last : null;
}

const trimOnes = (shape: readonly number[]) => shape.filter((dim) => dim !== 1);

/** As many numbers per sample in both, as far as is known. */
function sameCount(output: readonly (number | null)[], target: readonly number[]): boolean {
  const count = (shape: readonly (number | null)[]) => shape.slice(1).reduce<number>((n, dim) => n * (dim ?? NaN), 1);
  return Number.isNaN(count(output)) || count(output) === count(target);
}

const round = (value: number) => Number(value.toPrecision(3));
