import { jvp, vjp } from '../../autodiff/differentiate';
import { guard } from '../../autodiff/guards/guard';
import type { Derivative } from '../../autodiff/rule';
import type { GraphBuilder } from '../../graph/builder';
import type { Value } from '../../graph/graph';
import { sizeOf } from '../../graph/tensor';
import type { Tensor } from '../../graph/tensor';
import type { InsideRequest } from '../../inside/insideGraph';
import type { LossHead } from '../../loss/head';

/** A parameter of the graph with its values. */
export interface BoundParameter {
  name: string;
  value: Value;
  tensor: Tensor;
}

/** L(θ) of one batch as a graph: Σᵢ weightᵢ·ℓᵢ. */
export interface LossGraph {
  g: GraphBuilder;
  /** Data of a batch by graph input name; the target is under `TARGET`. */
  data: Readonly<Record<string, Value>>;
  /** Weight of each sample, [N]: 1/total for samples that count, 0 for those that only fill the batch. */
  weights: Value;
  parameters: readonly BoundParameter[];
  head: LossHead;
  batchSize: number;
  /**
   * Whether samples have weights of their own: the standard error of the loss then needs the squares of the weights.
   */
  weighted?: boolean;
  dim: number;
}

export const TARGET = 'ridgeline:target';
export const WEIGHTS = 'ridgeline:weights';

export interface LossSums {
  loss: Value;
  square: Value;
  correct: Value | null;
  /** Null unless the targets are numbers. */
  squaredError: Value | null;
  /** Σ w²ℓ and Σ w²ℓ²; null unless samples have weights of their own. */
  ofSquares: { loss: Value; square: Value } | null;
}

/** Builds the sums over the batch that mean loss, standard error and accuracy are computed from. */
export function lossSums({ g, head, weights, weighted }: LossGraph): LossSums {
  const twice = (x: Value) => g.sum(g.mul(x, g.cast(g.square(weights), x.dtype)));
  const weigh = (x: Value) => g.sum(g.mul(x, g.cast(weights, x.dtype)));
  return {
    loss: weigh(head.perSample),
    square: weigh(g.square(head.perSample)),
    correct: head.correct && weigh(head.correct),
    squaredError: head.squaredError ? weigh(head.squaredError) : null,
    ofSquares: weighted ? { loss: twice(head.perSample), square: twice(g.square(head.perSample)) } : null,
  };
}

const derivable = new WeakMap<LossGraph, LossGraph>();
const rewritten = new WeakMap<LossGraph, (value: Value) => Value>();

/** The same loss, rewritten so that its derivatives are finite wherever the branch it takes is finite: see `guard`. */
export function guarded(graph: LossGraph): LossGraph {
  const known = derivable.get(graph);
  if (known) return known;
  const { g, parameters, head } = graph;
  const { prediction, perSample, curved } = head;
  const now = guard(g, curved ? [perSample, curved] : [perSample], {
    wrt: parameters.map(({ value }) => value),
    // The loss reads every element of the prediction, unless some have no target.
    whole: head.ignores ? [] : [prediction],
  });
  const written = { prediction: now(prediction), perSample: now(perSample), curved: curved && now(curved) };
  const made = { ...graph, head: { ...head, ...written } };
  derivable.set(graph, made);
  rewritten.set(graph, now);
  return made;
}

/** The network and its loss as `inside` looks into them. */
export function insideOf(graph: LossGraph): InsideRequest {
  const whole = guarded(graph);
  const { g, data, parameters, head, weights } = whole;
  return {
    g,
    prediction: head.prediction,
    loss: lossSums(whole).loss,
    data: Object.entries(data).flatMap(([name, value]) => (name === TARGET ? [] : [value])),
    trained: parameters.map(({ value }) => value),
    names: parameters.map(({ name }) => name),
    weights,
    now: rewritten.get(graph)!,
  };
}

/** Concatenates the derivatives of all parameters to one flat vector, each in row-major order. */
function flatten(graph: LossGraph, parts: readonly Derivative[]): Value {
  const { g, parameters } = graph;
  const flat = parameters.map(({ value }, i) => {
    const count = sizeOf(value.shape);
    const part = parts[i];
    return part ? g.reshape(part, [count]) : g.expand(g.like(value, 0), [count]);
  });
  return g.concat(flat, 0);
}

export function unflatten({ g, parameters }: LossGraph, flat: Value): Value[] {
  let offset = 0;
  return parameters.map(({ value }) => {
    const count = sizeOf(value.shape);
    const part = g.reshape(g.sliceAxis(flat, 0, offset, offset + count), value.shape);
    offset += count;
    return part;
  });
}

/** ∇L as a flat vector, [dim]. */
export function gradient(graph: LossGraph): Value {
  const { g, parameters } = graph;
  const { loss } = lossSums(guarded(graph));
  const bars = vjp(
    g,
    [loss],
    [g.like(loss, 1)],
    parameters.map(({ value }) => value),
  );
  return flatten(graph, bars);
}

/** H·v for a flat v, [dim]: the tangent of the gradient (forward over reverse). */
export function hessianProduct(graph: LossGraph, v: Value): Value {
  const { g, parameters } = graph;
  const [product] = jvp(
    g,
    [gradient(graph)],
    parameters.map(({ value }) => value),
    unflatten(graph, v),
  );
  return product ?? zeros(graph);
}

/** G·v = Jᵀ·(∂²L/∂prediction²)·J·v for a flat v, [dim]. A loss that is linear in the prediction uses its substitute. */
export function gaussNewtonProduct(graph: LossGraph, v: Value): Value {
  const { g, parameters, head } = guarded(graph);
  const theta = parameters.map(({ value }) => value);
  const curved = head.curved ?? head.perSample;
  const loss = g.sum(g.mul(curved, g.cast(graph.weights, curved.dtype)));
  const [predictionDot] = jvp(g, [head.prediction], theta, unflatten(graph, v));
  const [predictionBar] = vjp(g, [loss], [g.like(loss, 1)], [head.prediction]);
  if (!predictionDot || !predictionBar) return zeros(graph);
  const [bar] = jvp(g, [predictionBar], [head.prediction], [predictionDot]);
  return bar ? flatten(graph, vjp(g, [head.prediction], [bar], theta)) : zeros(graph);
}

function zeros({ g, parameters, dim }: LossGraph): Value {
  return g.expand(g.like(parameters[0].value, 0), [dim]);
}
