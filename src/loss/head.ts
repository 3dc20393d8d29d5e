import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import type { LossName } from '../options/options';
import { isFloat, sizeOf, tensor } from '../graph/tensor';
import { guardedLog } from './guards';
import type { Prediction } from './prediction';
import { isQuick, quickCrossEntropy } from './quickCrossEntropy';
import type { Reading } from './reading';
import { readingOf } from './reading';
import { safeLog } from './safeLog';

/** What a loss adds to the graph. */
export interface LossHead {
  /** The argument of the loss. The Gauss-Newton matrix is Jᵀ·(∂²ℓ/∂prediction²)·J with J its Jacobian. */
  prediction: Value;
  /** Loss of each sample, averaged over its positions: [N] */
  perSample: Value;
  /** Accuracy of each sample, [N]; null if the targets are not classes. */
  correct: Value | null;
  /** Mean squared difference between prediction and target of each sample, [N]; absent unless the targets are numbers. */
  squaredError?: Value;
  /** Description for people: "logits of «output»". */
  reads: string;
  /** What the Gauss-Newton matrix of this prediction is. */
  curvature: CurvatureKind;
  /**
   * [N]. Its curvature in the prediction replaces that of a loss that is linear in the prediction. By default, it is the
   * loss itself.
   */
  curved?: Value;
  /** True if some positions have no target, so that their predictions are not read. */
  ignores?: boolean;
  /** What the model answers where the targets are classes; null elsewhere. */
  answers: ClassAnswers | null;
}

/** The answers of a model that predicts classes, for each position of each sample: [N, positions]. */
export interface ClassAnswers {
  /** Probability of the predicted class, in the type of the loss; −1 where there is no target. */
  confidence: Value;
  /** 1 where another class than the predicted one is right, else 0. */
  wrong: Value;
  /** Factor that turns the wrong answers of a sample into its share of the 0–1 error. */
  share: number;
}

/**
 * - `fisher`: the Fisher information of the distribution that the model predicts, averaged as the loss is
 * - `empiricalFisher`: Σ ∇log p·∇log pᵀ of the targets only, the result for −log p of probabilities that are read directly
 * - `gaussNewton`: the matrix of the loss's second derivative in the prediction
 * - `zero`: the loss is linear in the prediction wherever it has a derivative, so G = 0 says nothing about the model
 */
export type CurvatureKind = 'fisher' | 'empiricalFisher' | 'gaussNewton' | 'zero';

export interface LossRequest {
  loss: LossName;
  /** Output of the graph, [N, …]. */
  output: Value;
  outputName: string;
  /** What the output is. */
  prediction: Prediction;
  /**
   * int64 class indices [N, …positions], distributions over the classes [N, …positions, C], or numbers of the output's
   * shape; null for `output`.
   */
  target: Value | null;
  /** Axis of the classes: 1 for [N, C, …], the last axis for [N, …, C]. */
  classAxis: number;
  /** The prediction at position t is compared with the target at t + 1, and the last one with none. Targets are shifted already. */
  shifted?: boolean;
  /** Average number of positions with a target per sample; by default all positions. */
  positions?: number;
  /** Type in which the loss itself is computed. float64 keeps small losses exact if the device supports it. */
  precision: 'float32' | 'float64';
}

/** Appends a loss to the graph. Every loss is the mean that PyTorch's `reduction='mean'` takes. */
export function lossHead(g: GraphBuilder, request: LossRequest): LossHead {
  return g.from(`loss ${request.loss}`, () => heads[request.loss](g, request));
}

type Head = (g: GraphBuilder, request: LossRequest) => LossHead;

const heads: Record<LossName, Head> = {
  cross_entropy: (g, request) => classification(g, request, readingOf(g, request)),
  nll: (g, request) => classification(g, request, readingOf(g, request)),
  bce_with_logits: (g, request) => binary(g, request, readingOf(g, request)),
  bce: (g, request) => binary(g, request, readingOf(g, request)),
  mse: (g, request) => regression(g, request, (d) => g.square(d)),
  mae: (g, request) => ({ ...regression(g, request, (d) => g.unary('Abs', d)), curvature: 'zero' }),
  /** ½d² for |d| < 1, |d| − ½ beyond. */
  huber: (g, request) =>
    regression(g, request, (d) => {
      const size = g.unary('Abs', d);
      return g.where(g.less(size, g.like(d, 1)), g.scale(g.square(d), 0.5), g.shift(size, -0.5));
    }),
  output(g, { output, outputName, precision }) {
    const losses = g.cast(output, precision);
    const reads = `«${outputName}» itself`;
    const single = perSample(g, losses);
    return { prediction: output, perSample: single, correct: null, reads, curvature: 'zero', answers: null };
  },
};

/** [N, C, …] → [N, …, C], without the last position if targets are shifted. */
function classesLast(g: GraphBuilder, x: Value, { classAxis, shifted }: LossRequest): Value {
  const last = g.moveAxis(x, classAxis, x.shape.length - 1);
  return shifted ? g.sliceAxis(last, 1, 0, last.shape[1] - 1) : last;
}

/** −log p of the target class, or −Σ t·log p over the classes if the target is a distribution t. */
function classification(g: GraphBuilder, request: LossRequest, reading: Reading): LossHead {
  const { source, name, take } = reading;
  const logP = logProbabilities(g, request, reading);
  const target = request.target!;
  const last = logP.shape.length - 1;
  const isDistribution = isFloat(target.dtype);
  const labels = isDistribution ? g.apply('ArgMax', [target], { axis: last }) : target;
  const shares = isDistribution ? g.cast(target, logP.dtype) : g.cast(isTarget(g, target, logP), logP.dtype);
  const zero = g.like(logP, 0);
  // A Where instead of a plain product, because 0 · log 0 would be NaN.
  const seen = g.where(isDistribution ? g.greater(shares, zero) : isTarget(g, target, logP), logP, zero);
  const losses = g.neg(g.sum(isDistribution ? g.mul(shares, seen) : seen, [last]));
  const answer = g.apply('ArgMax', [logP], { axis: last });
  const correct = g.cast(g.equal(answer, labels), logP.dtype);
  const { positions } = request;
  const counts = g.sum(shares, [last], true);
  const head = {
    prediction: source,
    perSample: perSample(g, losses, positions),
    correct: perSample(g, correct, positions),
    reads: name,
    ignores: positions !== undefined,
    answers: classAnswers(g, {
      confidence: g.exp(g.apply('ReduceMax', [logP], { axes: [last], keepdims: false })),
      correct,
      asked: positions === undefined ? undefined : g.greater(g.sum(counts, [last]), g.like(counts, 0)),
      positions,
    }),
  };
  if (take === 'logits') {
    if (reading.guards.length > 0) return { ...head, curvature: 'gaussNewton' };
    if (logP.dtype === 'float64' && isQuick(source, target)) {
      const logits = classesLast(g, source, request);
      const figures = quickCrossEntropy(g, { logits, target, complete: positions === undefined });
      const results = [figures.losses, figures.correct].map((each) => perSample(g, each, positions));
      g.quicker.push({ values: [head.perSample, head.correct], results, reads: [source] });
    }
    return { ...head, curvature: 'fisher' };
  }
  if (take === 'probabilities') return { ...head, curvature: 'empiricalFisher' };
  if (request.prediction.kind !== 'logProbabilities') return { ...head, curvature: 'zero' };
  // The second derivative of Σ eˢ in s = log p is diag p: G is Σ p·∇log p·∇log pᵀ, the Fisher information.
  const curved = g.sum(g.where(g.greater(counts, g.like(counts, 0)), g.exp(logP), zero), [last]);
  return { ...head, curvature: 'fisher', curved: perSample(g, curved, positions) };
}

/** Where `logP`, [N, …, C], is that of the target class. */
function isTarget(g: GraphBuilder, target: Value, logP: Value): Value {
  const classes = logP.shape[logP.shape.length - 1];
  const labels = g.constant(tensor('int64', [classes], [...Array(classes).keys()]));
  return g.equal(g.unsqueeze(target, [target.shape.length]), labels);
}

/** log p of every class, [N, …, C], in the precision of the loss. */
function logProbabilities(g: GraphBuilder, request: LossRequest, { take, source, guards }: Reading): Value {
  const x = classesLast(g, g.cast(source, request.precision), request);
  if (take === 'logProbabilities') return x;
  if (take === 'probabilities') return safeLog(g, x);
  return guardedLog(g, g.apply('LogSoftmax', [x], { axis: x.shape.length - 1 }), guards);
}

/** −t·log p − (1 − t)·log(1 − p); of logits x it is log(1 + eˣ) − t·x. */
function binary(g: GraphBuilder, request: LossRequest, { take, source, name: reads }: Reading): LossHead {
  const x = g.cast(source, request.precision);
  const t = g.cast(request.target!, request.precision);
  const fromLogits = take === 'logits';
  const one = g.like(x, 1);
  const losses = fromLogits
    ? g.sub(g.unary('Softplus', x), g.mul(t, x))
    : g.neg(g.add(g.mul(t, safeLog(g, x)), g.mul(g.sub(one, t), safeLog(g, g.sub(one, x)))));
  const right = agreement(g, g.greater(x, g.like(x, fromLogits ? 0 : 0.5)), t);
  const size = g.unary('Abs', fromLogits ? x : g.shift(x, -0.5));
  // σ(|x|) as e^−log(1 + e^−|x|); of probabilities p it is max(p, 1 − p).
  const confidence = fromLogits ? g.exp(g.neg(g.unary('Softplus', g.neg(size)))) : g.shift(size, 0.5);
  return {
    prediction: source,
    perSample: perSample(g, losses),
    correct: perSample(g, right),
    reads,
    curvature: fromLogits ? 'fisher' : 'empiricalFisher',
    answers: classAnswers(g, { confidence, correct: right }),
  };
}

/** 1 where the answer agrees with the target, else 0. */
function agreement(g: GraphBuilder, yes: Value, target: Value): Value {
  const expected = g.greater(target, g.like(target, 0.5));
  return g.cast(g.unary('Not', g.binary('Xor', yes, expected)), target.dtype);
}

/** @param asked where there is a target; everywhere if absent */
function classAnswers(
  g: GraphBuilder,
  { confidence, correct, asked, positions }: { confidence: Value; correct: Value; asked?: Value; positions?: number },
): ClassAnswers {
  const [samples, ...rest] = correct.shape;
  const each = sizeOf(rest);
  const flat = (x: Value) => g.reshape(x, [samples, each]);
  const missed = g.sub(g.like(correct, 1), correct);
  const none = g.like(correct, 0);
  return {
    confidence: flat(asked ? g.where(asked, confidence, g.like(confidence, -1)) : confidence),
    wrong: flat(asked ? g.where(asked, missed, none) : missed),
    share: 1 / (positions ?? each),
  };
}

function regression(g: GraphBuilder, request: LossRequest, loss: (difference: Value) => Value): LossHead {
  const { output, outputName, precision } = request;
  const difference = g.sub(g.cast(output, precision), g.cast(request.target!, precision));
  const losses = perSample(g, loss(difference));
  const reads = `«${outputName}»`;
  const squaredError = perSample(g, g.square(difference));
  return {
    prediction: output,
    perSample: losses,
    correct: null,
    squaredError,
    reads,
    curvature: 'gaussNewton',
    answers: null,
  };
}

/**
 * Mean over everything but the samples: [N, …] → [N]. A scalar, already a mean, stays one.
 * @param positions divisor of the sum if some positions have no target, so that the mean over samples is that over all targets
 */
function perSample(g: GraphBuilder, losses: Value, positions?: number): Value {
  if (losses.shape.length === 0) return losses;
  const each = sizeOf(losses.shape.slice(1));
  const sums = g.sum(g.reshape(losses, [losses.shape[0], each]), [1]);
  return g.scale(sums, 1 / (positions ?? each));
}
