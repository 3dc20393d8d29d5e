import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { isOp } from '../graph/graph';
import type { LossName } from '../options/options';
import { sizeOf, tensor } from '../graph/tensor';
import { logitsOf } from './logits';

/** What a loss adds to the graph. */
export interface LossHead {
  /** What the loss is a function of: the Gauss-Newton matrix is Jᵀ·(∂²ℓ/∂prediction²)·J with J its Jacobian. */
  prediction: Value;
  /** Loss of each sample, averaged over its positions: [N] */
  perSample: Value;
  /** Share of right answers of each sample, [N]; null where the targets are no classes. */
  correct: Value | null;
  /** For people: "logits of «output»". */
  reads: string;
}

export interface LossRequest {
  loss: LossName;
  /** Output of the graph, [N, …]. */
  output: Value;
  outputName: string;
  /** int64 class indices [N, …positions], or numbers of the output's shape; null for `output`. */
  target: Value | null;
  /** Where the classes are: 1 for [N, C, …], the last axis for [N, …, C]. */
  classAxis: number;
  /** The answer at position t is judged by the target at t + 1: the last answer by none. Targets are moved already. */
  shifted?: boolean;
  /** Positions with a target, per sample on average; all of them when left out. */
  positions?: number;
  /** Type the loss itself is computed in: float64 keeps small losses exact where the device has it. */
  precision: 'float32' | 'float64';
}

/** log p is cut at −100, as torch.nn.BCELoss does. */
const LOG_FLOOR = -100;

/** Appends a loss to the graph. Every loss is the mean that PyTorch's `reduction='mean'` takes. */
export function lossHead(g: GraphBuilder, request: LossRequest): LossHead {
  return g.from(`loss ${request.loss}`, () => heads[request.loss](g, request));
}

type Head = (g: GraphBuilder, request: LossRequest) => LossHead;

const heads: Record<LossName, Head> = {
  cross_entropy(g, request) {
    const { source, name } = logitsOf(g, request);
    const logits = classesLast(g, g.cast(source, request.precision), request);
    const logP = g.apply('LogSoftmax', [logits], { axis: logits.shape.length - 1 });
    return classification(g, request, source, logP, name);
  },
  nll(g, request) {
    const logP = classesLast(g, g.cast(request.output, request.precision), request);
    return classification(g, request, request.output, logP, `log-probabilities of «${request.outputName}»`);
  },
  bce_with_logits: (g, request) => binary(g, request, request.output, `logits of «${request.outputName}»`),
  bce(g, request) {
    const { output, outputName } = request;
    if (isOp(output, 'Sigmoid')) {
      const [logits] = (output.node as Node).inputs;
      return binary(g, request, logits, `logits below the final Sigmoid of «${outputName}»`);
    }
    const p = g.cast(output, request.precision);
    const t = g.cast(request.target!, request.precision);
    const floor = g.like(p, LOG_FLOOR);
    const one = g.like(p, 1);
    const positive = g.mul(t, g.max(g.log(p), floor));
    const negative = g.mul(g.sub(one, t), g.max(g.log(g.sub(one, p)), floor));
    const losses = g.neg(g.add(positive, negative));
    const correct = agreement(g, g.greater(p, g.like(p, 0.5)), t);
    return { prediction: output, perSample: perSample(g, losses), correct, reads: `probabilities of «${outputName}»` };
  },
  mse: (g, request) => regression(g, request, (d) => g.square(d)),
  mae: (g, request) => regression(g, request, (d) => g.unary('Abs', d)),
  /** ½d² for |d| < 1, |d| − ½ beyond. */
  huber: (g, request) =>
    regression(g, request, (d) => {
      const size = g.unary('Abs', d);
      return g.where(g.less(size, g.like(d, 1)), g.scale(g.square(d), 0.5), g.shift(size, -0.5));
    }),
  output(g, { output, outputName, precision }) {
    const losses = g.cast(output, precision);
    return { prediction: output, perSample: perSample(g, losses), correct: null, reads: `«${outputName}» itself` };
  },
};

/** [N, C, …] → [N, …, C], without the last position where targets are shifted. */
function classesLast(g: GraphBuilder, x: Value, { classAxis, shifted }: LossRequest): Value {
  const last = g.moveAxis(x, classAxis, x.shape.length - 1);
  return shifted ? g.sliceAxis(last, 1, 0, last.shape[1] - 1) : last;
}

/** −log p of the target class; `logP` is [N, …, C]. */
function classification(
  g: GraphBuilder,
  request: LossRequest,
  prediction: Value,
  logP: Value,
  reads: string,
): LossHead {
  const target = request.target!;
  const last = logP.shape.length - 1;
  const classes = logP.shape[last];
  const labels = g.constant(tensor('int64', [classes], [...Array(classes).keys()]));
  const isTarget = g.equal(g.unsqueeze(target, [target.shape.length]), labels);
  // Where, not a product with a one-hot mask: 0 · log 0 would be NaN.
  const losses = g.neg(g.sum(g.where(isTarget, logP, g.like(logP, 0)), [last]));
  const answer = g.apply('ArgMax', [logP], { axis: last });
  const correct = g.cast(g.equal(answer, target), logP.dtype);
  const { positions } = request;
  return { prediction, perSample: perSample(g, losses, positions), correct: perSample(g, correct, positions), reads };
}

/** −t·log σ(x) − (1 − t)·log(1 − σ(x)) = log(1 + eˣ) − t·x */
function binary(g: GraphBuilder, request: LossRequest, prediction: Value, reads: string): LossHead {
  const x = g.cast(prediction, request.precision);
  const t = g.cast(request.target!, request.precision);
  const losses = g.sub(g.unary('Softplus', x), g.mul(t, x));
  const correct = agreement(g, g.greater(x, g.like(x, 0)), t);
  return { prediction, perSample: perSample(g, losses), correct, reads };
}

function agreement(g: GraphBuilder, yes: Value, target: Value): Value {
  const expected = g.greater(target, g.like(target, 0.5));
  return perSample(g, g.cast(g.unary('Not', g.binary('Xor', yes, expected)), target.dtype));
}

function regression(g: GraphBuilder, request: LossRequest, loss: (difference: Value) => Value): LossHead {
  const { output, outputName, precision } = request;
  const difference = g.sub(g.cast(output, precision), g.cast(request.target!, precision));
  return { prediction: output, perSample: perSample(g, loss(difference)), correct: null, reads: `«${outputName}»` };
}

/**
 * Mean over everything but the samples: [N, …] → [N]. A scalar, already a mean, stays one.
 * @param positions to divide the sum by, where some have no target: the mean over samples is then that over all targets
 */
function perSample(g: GraphBuilder, losses: Value, positions?: number): Value {
  if (losses.shape.length === 0) return losses;
  const each = sizeOf(losses.shape.slice(1));
  const sums = g.sum(g.reshape(losses, [losses.shape[0], each]), [1]);
  return g.scale(sums, 1 / (positions ?? each));
}
