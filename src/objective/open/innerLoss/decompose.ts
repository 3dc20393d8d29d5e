import { vjp } from '../../../autodiff/differentiate';
import { UserError } from '../../../errors';
import type { GraphBuilder } from '../../../graph/builder';
import type { Node, Value } from '../../../graph/graph';
import { dependents, nodesOf } from '../../../graph/graph';
import { replay } from '../../../graph/replay';
import type { SampleFlow } from '../../../graph/sampleFlow';
import { sampleAxisOf, sampleFlows } from '../../../graph/sampleFlow';
import { isFloat, sizeOf } from '../../../graph/tensor';

const REDUCTIONS = ['ReduceSum', 'ReduceMax', 'ReduceMin'] as const;
export type Reduction = (typeof REDUCTIONS)[number];

/**
 * A value that the samples determine together and that depends on no parameter, such as the number of labels that count
 * or the sum of a mask. For a data set it is joined over all batches.
 */
export interface Statistic {
  reduction: Reduction;
  /** The graph input that stands for the joined value. */
  input: Value;
  /** The contribution of each sample, [N, …]; may read statistics of lower levels. */
  rows: Value;
  level: number;
}

/** A sum over samples: Σᵢ Σₑ weightₑ · value_{i,e}. */
export interface Term {
  /** [N] */
  rows: Value;
  /** The factors of the first sample. They are the same for every sample. */
  weight: Value;
}

/** loss = Σ over the terms of Σᵢ rowsᵢ + constant, with every statistic an input. */
export interface Decomposition {
  statistics: readonly Statistic[];
  terms: readonly Term[];
  /** The part that no sample changes, for example a penalty on the weights. */
  constant: Value;
}

/**
 * Decomposes a loss that the graph computes from all samples together into a sum of one contribution per sample. First,
 * the statistics, such as the number of labels that count, are replaced by inputs. The loss is then affine in the last
 * values that still belong to single samples if its derivative by them depends on no sample.
 * @param loss scalar
 * @param strides strides of the inputs that have samples, see `SampleFlow`
 * @param batch number of samples in the graph, two or more
 * @returns null where the loss is another function of its samples: the root of a mean, a contrast between samples
 */
export function decompose(
  g: GraphBuilder,
  loss: Value,
  strides: ReadonlyMap<Value, number>,
  parameters: readonly Value[],
  batch: number,
): Decomposition | null {
  const { value, statistics } = withStatistics(g, loss, strides, parameters, batch);
  const flow = sampleFlows([value], strides, batch);
  if (typeof flow(value) === 'number') return null;
  const frontier = frontierOf(value, flow);
  if (frontier.some(({ dtype }) => !isFloat(dtype))) return null;
  const bars = slopes(g, value, frontier);
  if (!bars) return null;
  const zeros = new Map(frontier.map((each) => [each, g.expand(g.like(each, 0), each.shape)]));
  const [constant] = replay(g, [value], zeros);
  const found = frontier.flatMap((each, i) => (bars[i] ? [{ each, bar: g.expand(bars[i], each.shape) }] : []));
  const moving = dependents([constant, ...found.map(({ bar }) => bar)], strides.keys());
  if (moving.has(constant) || found.some(({ bar }) => moving.has(bar))) return null;
  const terms = found.map(({ each, bar }) => {
    const stride = flow(each) as number;
    const rows = perSample(g, 'ReduceSum', g.mul(each, bar), stride, batch, [...each.shape.keys()]);
    return { rows, weight: firstSample(g, bar, stride, batch) };
  });
  return { statistics, terms, constant };
}

function slopes(g: GraphBuilder, value: Value, frontier: readonly Value[]) {
  try {
    return vjp(g, [value], [g.like(value, 1)], frontier);
  } catch (fault) {
    // An operator between the samples and the loss has no derivative.
    if (fault instanceof UserError) return null;
    throw fault;
  }
}

/**
 * Replaces each statistic of the loss by an input, level by level, because a deviation, say, is taken around a mean.
 */
function withStatistics(
  g: GraphBuilder,
  loss: Value,
  strides: ReadonlyMap<Value, number>,
  parameters: readonly Value[],
  batch: number,
): { value: Value; statistics: Statistic[] } {
  const statistics: Statistic[] = [];
  let value = loss;
  for (let level = 0; ; level++) {
    const flow = sampleFlows([value], strides, batch);
    const trained = dependents([value], parameters);
    const found = nodesOf([value]).filter((node) => isStatistic(node, flow) && !trained.has(node.inputs[0]));
    if (found.length === 0) return { value, statistics };
    const replaced = new Map<Value, Value>();
    for (const { op, inputs, attributes, outputs } of found) {
      const reduction = op as Reduction;
      const [of] = outputs;
      const { axes } = attributes as { axes: readonly number[] };
      const rows = perSample(g, reduction, inputs[0], flow(inputs[0]) as number, batch, axes);
      const input = g.input(`statistic ${statistics.length}`, of.dtype, of.shape);
      statistics.push({ reduction, input, rows: g.reshape(rows, [batch, ...of.shape]), level });
      replaced.set(of, input);
    }
    [value] = replay(g, [value], replaced);
  }
}

function isStatistic({ op, inputs, outputs }: Node, flow: (value: Value) => SampleFlow): boolean {
  const joins = (REDUCTIONS as readonly string[]).includes(op);
  return joins && typeof flow(inputs[0]) === 'number' && flow(outputs[0]) === 'mixed';
}

/** Finds the last values on the way to the loss that belong to single samples. */
function frontierOf(loss: Value, flow: (value: Value) => SampleFlow): Value[] {
  const found = new Set<Value>();
  const seen = new Set<Value>([loss]);
  for (const value of seen) {
    for (const input of value.node?.inputs ?? []) {
      if (flow(input) === 'mixed') seen.add(input);
      else if (flow(input) !== 'free') found.add(input);
    }
  }
  return [...found].sort((a, b) => a.id - b.id);
}

/** Separates the axis of the samples from the axis it is merged with: [N·L, …] → [1, N, L, …]. */
function apart(g: GraphBuilder, x: Value, stride: number, batch: number): { value: Value; axis: number } {
  const { axis, inner } = sampleAxisOf(x.shape, stride, batch)!;
  const { shape } = x;
  const outer = shape[axis] / (inner * batch);
  return {
    value: g.reshape(x, [...shape.slice(0, axis), outer, batch, inner, ...shape.slice(axis + 1)]),
    axis: axis + 1,
  };
}

/** Takes a reduction over samples and other axes over the other axes only: [N, …]. */
function perSample(
  g: GraphBuilder,
  reduction: Reduction,
  x: Value,
  stride: number,
  batch: number,
  axes: readonly number[],
): Value {
  const { value, axis } = apart(g, x, stride, batch);
  const within = axes.flatMap((each) => (each === axis - 1 ? [each, each + 2] : each < axis ? [each] : [each + 2]));
  const rows = g.apply(reduction, [value], { axes: within, keepdims: false });
  return g.moveAxis(rows, axis - within.filter((each) => each < axis).length, 0);
}

function firstSample(g: GraphBuilder, x: Value, stride: number, batch: number): Value {
  const { value, axis } = apart(g, x, stride, batch);
  const first = g.sliceAxis(value, axis, 0, 1);
  return g.reshape(first, [sizeOf(first.shape)]);
}
