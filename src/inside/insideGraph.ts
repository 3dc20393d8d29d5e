import { vjp } from '../autodiff/differentiate';
import type { Derivative } from '../autodiff/rule';
import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import { nodesOf } from '../graph/graph';
import { sampleFlows } from '../graph/sampleFlow';
import { sizeOf } from '../graph/tensor';
import type { ActivationSite } from './activationSites';
import { activationSites } from './activationSites';
import type { Slot, SquareSlots } from './figures';
import { FigureList, addSquares, elementWeights, largestPerUnit, perUnit, scaled } from './figures';
import type { SequenceSite } from './sequenceSites';
import { sequenceSites } from './sequenceSites';
import { signalFlow } from './signalFlow';
import { depthSites } from './depthSites';
import { parametersBefore } from './parametersBefore';
import { unitAxes } from './unitAxes';

/** Where the figures of a value at a depth lie. */
export interface DepthSlots {
  layer: string;
  /** Parameters between it and the values before it. */
  parameters: readonly string[];
  depth: number;
  units: number;
  elements: number;
  /** x = size·share; weighted sums of share and of squared deviations from its mean, [units]. */
  size: Slot;
  sum: Slot;
  deviations: Slot;
  /** Σ over samples of (∂L/∂h)², [units], in units of the squared largest. */
  gradientSize: Slot;
  gradientSquares: Slot;
}

/** Where the figures of an activation lie. */
export interface ActivationSlots extends Pick<ActivationSite, 'kind' | 'operator' | 'low' | 'high'> {
  layer: string;
  parameters: readonly string[];
  /** Largest value of each unit, [units]. */
  peak: Slot | null;
  /** Weighted number of elements (or rows) on the flat part, and of all. */
  flat: Slot;
  all: Slot;
}

/** Where the figures of a recurrence lie. */
export interface SequenceSlots {
  layer: string;
  steps: readonly number[];
  /** ‖∂L/∂h‖² at each step. */
  own: (SquareSlots[] | null)[];
  /** The part of it that came back from the last step, at each step and, over the samples of the next step, again. */
  carried: { here: SquareSlots[]; ofNext: SquareSlots[] | null }[] | null;
  /** What the state is multiplied by, where that is a square matrix. */
  weight: { size: number; slot: Slot } | null;
}

/** A network with its loss, and what is known about it. */
export interface InsideRequest {
  g: GraphBuilder;
  prediction: Value;
  /** The mean loss of the batch. */
  loss: Value;
  /** Inputs with samples on axis 0. */
  data: readonly Value[];
  trained: readonly Value[];
  /** Names of the parameters, in the order of `trained`. */
  names: readonly string[];
  /** Weights of the samples in the mean, [batch]. */
  weights: Value;
  /** Maps values that lowering made to those of the graph. */
  now(value: Value): Value;
}

/** The graph of all figures, and where each lies in its result. */
export interface InsideGraph {
  figures: Value;
  weightSum: Slot;
  trunk: boolean;
  depths: DepthSlots[];
  activations: ActivationSlots[];
  sequences: SequenceSlots[];
}

/** Largest matrix whose spectral radius is computed. */
const LARGEST_MATRIX = 256;

/** From this score below the best one on, a key counts as hidden by a mask: masks add −10⁴ or less. */
const MASKED = -5000;

/**
 * Share of the range between its bounds within which an activation counts as saturated: (1 − √(1 − s))/2, where the slopes
 * of sigmoid and tanh are below s = 5 % of their largest.
 */
const TAIL = (1 - Math.sqrt(1 - 0.05)) / 2;

/**
 * Builds the figures of one batch about what happens inside the network, in one graph of forward and backward pass:
 * sums over samples, so that its output has one number for each unit, not one for each sample.
 * @returns null where the prediction depends on no product with weights
 */
export function insideGraph(request: InsideRequest): InsideGraph | null {
  const { g, prediction, loss, data, trained, names, weights, now } = request;
  const [batchSize] = weights.shape;
  const flow = signalFlow(prediction, data, trained);
  const { sites, trunk } = depthSites(flow, prediction);
  const acts = activationSites(flow, prediction);
  const chains = sequenceSites(g, flow, now);
  const states = chains.flatMap((chain) => chain.states.flat());
  const passed = [...new Set([...sites.map(({ value }) => value), ...states])];
  if (passed.length === 0 && acts.length === 0) return null;
  const bars = vjp(g, [loss], [g.like(loss, 1)], trained, passed);
  const gradients = new Map(passed.map((value, i) => [value, bars[i]]));
  const parameters = parametersBefore(flow, new Map(trained.map((value, i) => [value, names[i]])), [
    ...sites.map(({ value }) => value),
    ...acts.map(({ result }) => result),
  ]);
  const list = new FigureList(g);
  const strides = new Map(data.map((value) => [value, sizeOf(value.shape) / batchSize]));
  const flows = batchSize > 1 ? sampleFlows([prediction], strides, batchSize) : () => 'mixed' as const;
  const ofSamples = g.cast(weights, 'float32');
  const weightsOf = (value: Value) => elementWeights(g, value, flows(value), ofSamples);
  const parametersOf = (value: Value) => parameters.get(value) ?? [];
  const context = { g, list, weightsOf, parametersOf, unitsOf: unitAxes(flow), batchSize, weightSum: g.sum(ofSamples) };
  const weightSum = list.add(context.weightSum);
  const depths = sites.map(({ value, depth }) => depthSlots(context, value, depth, gradients.get(value) ?? null));
  const activations = acts.map((site) => activationSlots(context, site));
  const sequences = chains.map((chain) => sequenceSlots(context, chain, gradients));
  return { figures: list.vector, weightSum, trunk, depths, activations, sequences };
}

interface Context {
  g: GraphBuilder;
  list: FigureList;
  weightsOf(value: Value): Value;
  parametersOf(value: Value): readonly string[];
  unitsOf(value: Value): number | null;
  batchSize: number;
  weightSum: Value;
}

function depthSlots(context: Context, site: Value, depth: number, gradient: Derivative): DepthSlots {
  const { g, list, weightsOf, unitsOf, weightSum, batchSize } = context;
  const value = g.cast(site, 'float32');
  const axis = unitsOf(site);
  const units = axis === null ? 1 : value.shape[axis];
  const elements = sizeOf(value.shape) / batchSize;
  const { largest, share } = scaled(g, value);
  const weights = weightsOf(site);
  // Each unit has elements/units values in a sample.
  const weigh = (x: Value) => g.scale(perUnit(g, g.mul(x, weights), axis), units / elements);
  const sum = weigh(share);
  const whole = g.max(weightSum, g.like(weightSum, 1e-30));
  const mean = g.reshape(
    g.div(sum, whole),
    value.shape.map((_, i) => (i === axis ? units : 1)),
  );
  const deviations = weigh(g.square(g.sub(share, mean)));
  const bar = scaled(g, gradient ? g.cast(gradient, 'float32') : g.like(value, 0));
  const squares = gradient ? perUnit(g, g.square(bar.share), axis) : g.expand(g.like(value, 0), [units]);
  return {
    layer: site.node!.origin,
    parameters: context.parametersOf(site),
    depth,
    units,
    elements,
    size: list.add(largest),
    sum: list.add(sum),
    deviations: list.add(deviations),
    gradientSize: list.add(bar.largest),
    gradientSquares: list.add(squares),
  };
}

function activationSlots(
  { g, list, weightsOf, parametersOf, unitsOf }: Context,
  site: ActivationSite,
): ActivationSlots {
  const { kind, result, operator, low, high } = site;
  const value = g.cast(site.value, 'float32');
  const scores = site.scores && g.cast(site.scores, 'float32');
  const layer = result.node!.origin;
  const parameters = parametersOf(result);
  const counted = (hits: Value, among: Value) => {
    const weights = weightsOf(site.value);
    const total = (x: Value) => list.add(g.sum(g.mul(g.cast(x, value.dtype), weights)));
    return { flat: total(hits), all: total(among) };
  };
  if (scores) {
    const { axis } = site.value.node!.attributes as { axis: number };
    const best = (x: Value) => g.apply('ReduceMax', [x], { axes: [axis], keepdims: true });
    const seen = g.cast(g.greater(g.sub(scores, best(scores)), g.like(scores, MASKED)), value.dtype);
    const chooses = g.greater(g.sum(seen, [axis], true), g.like(value, 1.5));
    const certain = g.greater(best(value), g.like(value, 1 - TAIL));
    return { kind, operator, layer, parameters, peak: null, ...counted(g.binary('And', chooses, certain), chooses) };
  }
  const ones = g.expand(g.like(value, 1), value.shape);
  const [from, to] = [low ?? 0, high ?? Infinity];
  if (kind === 'rectifier' || kind === 'gated') {
    const bound = kind === 'gated' ? from + TAIL * (to - from) : from;
    const off = g.binary('LessOrEqual', value, g.like(value, bound));
    const peak = list.add(largestPerUnit(g, value, unitsOf(site.value)));
    return { kind, operator, layer, parameters, low: bound, peak, ...counted(off, ones) };
  }
  const below = g.binary('LessOrEqual', value, g.like(value, from + TAIL * (to - from)));
  const above = g.binary('GreaterOrEqual', value, g.like(value, to - TAIL * (to - from)));
  return { kind, operator, layer, parameters, low, high, peak: null, ...counted(g.binary('Or', below, above), ones) };
}

function sequenceSlots(
  context: Context,
  chain: SequenceSite,
  gradients: ReadonlyMap<Value, Derivative>,
): SequenceSlots {
  const { g, list } = context;
  const { states, alive, kind, steps, origin, weight } = chain;
  const masked = (bar: Derivative, at: number, like: Value) => {
    const x = bar ? g.cast(bar, 'float32') : g.expand(g.scalar('float32', 0), like.shape);
    return alive ? g.where(alive[at], x, g.like(x, 0)) : x;
  };
  const squares = (bars: readonly Derivative[], at: number, of: readonly Value[]) =>
    bars.map((bar, i) => addSquares(g, list, masked(bar, at, of[i])));
  const own = states.map((step, t) => {
    const shown = kind === 'layer' ? step.slice(0, 1) : step;
    const bars = shown.map((value) => gradients.get(value) ?? null);
    return bars.some((bar) => bar) ? squares(bars, t, shown) : null;
  });
  const back = carriedBack(g, states, gradients);
  const carried = back?.map((bars, t) => ({
    here: squares(bars, t, states[t]),
    ofNext: alive && t + 1 < states.length ? squares(bars, t + 1, states[t]) : null,
  }));
  const square = weight?.shape.length === 2 && weight.shape[0] === weight.shape[1] ? weight.shape[0] : 0;
  const matrix = weight && square > 0 && square <= LARGEST_MATRIX ? { size: square, slot: list.add(weight) } : null;
  return { layer: origin, steps, own, carried: carried ?? null, weight: matrix };
}

/**
 * The gradient of the loss by the last state, carried back to the states before: (∂h_T/∂h_t)ᵀ·∂L/∂h_T. What the loss
 * reads from earlier steps directly is left out, because it would hide how little comes back.
 * @returns for each step its cotangents, as many as there are states; null where nothing comes back
 */
function carriedBack(
  g: GraphBuilder,
  states: readonly (readonly Value[])[],
  gradients: ReadonlyMap<Value, Derivative>,
): Derivative[][] | null {
  const last = states[states.length - 1];
  // A cell's state counts through the output that is computed from it.
  const inner = (value: Value) => last.some((other) => other !== value && isWithin(other, value));
  const seeds = last.map((value) => (inner(value) ? null : (gradients.get(value) ?? null)));
  if (seeds.every((seed) => !seed)) return null;
  const [first] = states;
  // The output of a cell is computed from its state, so the way back ends at the state.
  const ends = first.filter((value) => first.every((other) => other === value || !isWithin(value, other)));
  const all = states.flat();
  const bars = vjp(g, last, seeds, ends, all);
  const byValue = new Map(all.map((value, i) => [value, bars[i]]));
  return states.map((step) => step.map((value) => byValue.get(value) ?? null));
}

const isWithin = (value: Value, source: Value) => nodesOf([value]).some((node) => node.outputs.includes(source));
