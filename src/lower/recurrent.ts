import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { constantOf, isOp } from '../graph/graph';
import { formatExactCount } from '../text/counts';
import type { LowerContext, LoweringTable } from './context';
import type { Activation } from './recurrentActivation';
import { recurrentActivations, recurrentClip } from './recurrentActivation';
import { counted, MOST_NODES, TooLargeError } from '../graph/limits';

/** State passed to the next step, [B,H] each; null is zero, which saves a product at the first step. */
type State = readonly (Value | null)[];

/** One direction of a recurrent layer. */
interface ScanDirection {
  g: GraphBuilder;
  /** W·xₜ for all steps at once, gate by gate side by side, including biases that can be added beforehand: [T,B,G·H] */
  projected: Value;
  /** Rᵀ, [H,G·H] */
  recurrence: Value;
  /** Recurrent bias, [G·H]; null without one. */
  recurrentBias: Value | null;
  /** Peephole weights, [3·H]; null without. */
  peepholes: Value | null;
  activations: readonly Activation[];
  clip: Activation;
  hidden: number;
}

interface Cell {
  gates: number;
  states: number;
  activations: readonly string[];
  /** Whether Wb and Rb are simply added up. */
  sumsBiases(c: LowerContext): boolean;
  /** @param input the projected input of one step, [B,G·H] */
  step(c: LowerContext, direction: ScanDirection, input: Value, state: State): Value[];
}

/** Recurrent layers, unrolled over their steps: X [T,B,I], W [D,G·H,I], R [D,G·H,H], B [D,2·G·H]. */
export const recurrentLowerings: LoweringTable = {
  RNN: (c) => layer(c, rnn),
  GRU: (c) => layer(c, gru),
  LSTM: (c) => layer(c, lstm),
};

/** Hₜ = f(Xₜ·Wᵀ + Hₜ₋₁·Rᵀ + b) */
const rnn: Cell = {
  gates: 1,
  states: 1,
  activations: ['Tanh'],
  sumsBiases: () => true,
  step(_, direction, input, [h]) {
    const [f] = direction.activations;
    return [f(direction.clip(plus(direction.g, input, recurrent(direction, h))))];
  },
};

/**
 * z, r = f(Xₜ·Wᵀ + Hₜ₋₁·Rᵀ + b),  h = g(Xₜ·Wᵀ + (r⊙Hₜ₋₁)·Rᵀ + b),  Hₜ = (1 − z)⊙h + z⊙Hₜ₋₁; with
 * `linear_before_reset` (cuDNN, PyTorch) h = g(Xₜ·Wᵀ + Wb + r⊙(Hₜ₋₁·Rᵀ + Rb)).
 */
const gru: Cell = {
  gates: 3,
  states: 1,
  activations: ['Sigmoid', 'Tanh'],
  sumsBiases: ({ int }) => int('linear_before_reset', 0) === 0,
  step({ int }, direction, input, [h]) {
    const { g, clip, hidden, recurrence, recurrentBias } = direction;
    const [f, tanh] = direction.activations;
    const [xz, xr, xh] = parts(g, input, 3);
    const gate = (x: Value) => f(clip(x));
    let z: Value;
    let candidate: Value;
    if (int('linear_before_reset', 0) !== 0) {
      const rows = h && g.matmul(h, recurrence);
      const all = rows && recurrentBias ? g.add(rows, recurrentBias) : (rows ?? recurrentBias);
      const [hz, hr, hh] = all ? parts(g, all, 3) : [null, null, null];
      z = gate(plus(g, xz, hz));
      const r = gate(plus(g, xr, hr));
      candidate = tanh(clip(plus(g, xh, hh && g.mul(r, hh))));
    } else {
      const gates = h && g.matmul(h, columns(g, recurrence, 0, 2 * hidden));
      const [hz, hr] = gates ? parts(g, gates, 2) : [null, null];
      z = gate(plus(g, xz, hz));
      const r = gate(plus(g, xr, hr));
      const rows = h && g.matmul(g.mul(r, h), columns(g, recurrence, 2 * hidden, 3 * hidden));
      candidate = tanh(clip(plus(g, xh, rows)));
    }
    const fresh = g.mul(g.sub(g.like(z, 1), z), candidate);
    return [h ? g.add(fresh, g.mul(z, h)) : fresh];
  },
};

/**
 * i, f = σ(Xₜ·Wᵀ + Hₜ₋₁·Rᵀ + P⊙Cₜ₋₁ + b),  c = tanh(Xₜ·Wᵀ + Hₜ₋₁·Rᵀ + b),  Cₜ = f⊙Cₜ₋₁ + i⊙c,
 * o = σ(Xₜ·Wᵀ + Hₜ₋₁·Rᵀ + P⊙Cₜ + b),  Hₜ = o⊙tanh Cₜ. Gates lie in the order i, o, f, c.
 */
const lstm: Cell = {
  gates: 4,
  states: 2,
  activations: ['Sigmoid', 'Tanh', 'Tanh'],
  sumsBiases: () => true,
  step({ int }, direction, input, [h, cell]) {
    const { g, clip, peepholes } = direction;
    const [sigmoid, tanh, outer] = direction.activations;
    const [xi, xo, xf, xc] = parts(g, plus(g, input, recurrent(direction, h)), 4);
    const [pi, po, pf] = peepholes ? parts(g, peepholes, 3) : [null, null, null];
    const peep = (x: Value, weights: Value | null, state: Value | null) =>
      sigmoid(clip(weights && state ? g.add(x, g.mul(weights, state)) : x));
    const i = peep(xi, pi, cell);
    // Coupled gates forget as much as they admit.
    const forget = () => (int('input_forget', 0) !== 0 ? g.sub(g.like(i, 1), i) : peep(xf, pf, cell));
    const fresh = g.mul(i, tanh(clip(xc)));
    const next = cell ? g.add(g.mul(forget(), cell), fresh) : fresh;
    const o = peep(xo, po, next);
    // The cell state is not clipped before its activation, because the limit applies to gates.
    return [g.mul(o, outer(next)), next];
  },
};

function layer(c: LowerContext, cell: Cell): Value[] {
  const { g } = c;
  const batchFirst = c.int('layout', 0) === 1;
  const x = batchFirst ? g.transpose(c.x, [1, 0, 2]) : c.x;
  const order = c.string('direction', 'forward');
  const backward = order === 'bidirectional' ? [false, true] : [order === 'reverse'];
  const lengths = c.has(4) ? g.cast(c.input(4), 'int64') : null;
  const activations = recurrentActivations(c, cell.activations, backward.length);
  const results = backward.map((reversed, d) => {
    const direction = directionOf(c, cell, x, d, activations[d]);
    const initial = [5, 6].slice(0, cell.states).map((i) => initialState(c, i, d, batchFirst));
    return unroll(c, cell, direction, { initial, lengths, reversed });
  });
  // Y [T,D,B,H], the last states [D,B,H]; batch first: [B,T,D,H] and [B,D,H].
  const stacked = (values: readonly Value[], axis: number) =>
    g.concat(
      values.map((value) => g.unsqueeze(value, [axis])),
      axis,
    );
  const y = stacked(
    results.map(({ outputs }) => stacked(outputs, 0)),
    1,
  );
  const last = counted(cell.states, (s) =>
    stacked(
      results.map(({ state }) => state[s]),
      batchFirst ? 1 : 0,
    ),
  );
  const values = [batchFirst ? g.transpose(y, [2, 0, 1, 3]) : y, ...last];
  rememberWhole(c, values);
  return values;
}

/** Whether the runtime's own layer can replace it. The runtime has none for other types, for samples first, or for old opsets. */
function rememberWhole(
  { g, node: written, inputs, opset, int, input, x }: LowerContext,
  values: readonly Value[],
): void {
  if (x.dtype !== 'float32' || int('layout', 0) !== 0 || written.attributes.output_sequence) return;
  // The runtime requires this attribute, although the weights determine it.
  const hidden = { kind: 'int', value: input(2).shape[2] } as const;
  const node = { ...written, attributes: { ...written.attributes, hidden_size: hidden } };
  const named = values.filter((_, i) => node.outputs[i]);
  const types = named.map(({ dtype, shape }) => ({ dtype, shape }));
  const present = inputs.filter((input) => input !== null);
  const results = g.applyAll('Opaque', present, { node, opset, types });
  // A reader of a reshaped value reads the value before the reshape.
  const baseOf = (value: Value) => (isOp(value, 'Reshape') ? (value.node as Node).inputs[0] : value);
  const bases = named.map(baseOf);
  const reshaped = results.map((result, i) => g.reshape(result, bases[i].shape));
  g.quicker.push({ values: bases, results: reshaped, reads: present.map(baseOf) });
}

function directionOf(
  c: LowerContext,
  cell: Cell,
  x: Value,
  d: number,
  activations: readonly Activation[],
): ScanDirection {
  const { g } = c;
  const [steps, batch, features] = x.shape;
  const entry = (i: number) => g.squeeze(g.sliceAxis(c.input(i), 0, d, d + 1), [0]);
  const recurrence = g.swapLast(entry(2));
  const [hidden, width] = recurrence.shape;
  if (width !== cell.gates * hidden) {
    c.fail(`${c.node.op} with recurrent weights [${c.input(2).shape.join(', ')}]: ${cell.gates} gates were expected.`);
  }
  const bias = c.has(3) ? parts(g, entry(3), 2) : null;
  const before = bias && (cell.sumsBiases(c) ? g.add(bias[0], bias[1]) : bias[0]);
  const rows = g.matmul(g.reshape(x, [steps * batch, features]), g.swapLast(entry(1)));
  return {
    g,
    projected: g.reshape(before ? g.add(rows, before) : rows, [steps, batch, width]),
    recurrence,
    recurrentBias: bias && !cell.sumsBiases(c) ? bias[1] : null,
    peepholes: cell === lstm && c.has(7) ? entry(7) : null,
    activations,
    clip: recurrentClip(c),
    hidden,
  };
}

/** Runs the cell over the steps. A sample whose sequence has ended (or, backwards, not begun) keeps its state and outputs zeros. */
function unroll(
  c: LowerContext,
  cell: Cell,
  direction: ScanDirection,
  { initial, lengths, reversed }: { initial: State; lengths: Value | null; reversed: boolean },
): { outputs: Value[]; state: Value[] } {
  const { g, projected } = direction;
  const [steps, batch, width] = projected.shape;
  // A gate takes at least four operators in each step, so the limit is checked before they are built.
  const least = 4 * cell.gates * steps;
  if (least > MOST_NODES)
    throw new TooLargeError(
      `${formatExactCount(steps)} steps would take more than ${formatExactCount(MOST_NODES)} operators`,
    );
  const outputs: Value[] = [];
  const states: Value[][] = [];
  const running: Value[] = [];
  let state = initial;
  for (let n = 0; n < steps; n++) {
    const t = reversed ? steps - 1 - n : n;
    const input = g.reshape(g.sliceAxis(projected, 0, t, t + 1), [batch, width]);
    const next = cell.step(c, direction, input, state);
    const alive = lengths && g.unsqueeze(g.greater(lengths, g.like(lengths, t)), [1]);
    const zero = g.like(next[0], 0);
    const kept = next.map((value, s) => (alive ? g.where(alive, value, state[s] ?? zero) : value));
    // The output reads the state, so that the derivative by a state counts both.
    outputs[t] = alive ? g.where(alive, kept[0], zero) : kept[0];
    states.push(kept);
    if (alive) running.push(alive);
    state = kept;
  }
  const origin = reversed && c.string('direction', 'forward') !== 'reverse' ? `${c.node.name} (backward)` : c.node.name;
  g.recurrences.push({ origin, kind: 'layer', states, alive: lengths ? running : null, weight: direction.recurrence });
  return { outputs, state: state.map((value) => value ?? c.fail(`${c.node.op} over no steps.`)) };
}

/** [D,B,H] → [B,H] of one direction; batch first [B,D,H]. Null if it is missing or constantly zero. */
function initialState(c: LowerContext, i: number, d: number, batchFirst: boolean): Value | null {
  if (!c.has(i)) return null;
  const value = c.input(i);
  if ((constantOf(value)?.data as Float32Array | undefined)?.every((v) => v === 0)) return null;
  const axis = batchFirst ? 1 : 0;
  const hidden = c.input(2).shape[2];
  const batch = c.x.shape[batchFirst ? 0 : 1];
  if (value.shape[batchFirst ? 0 : 1] !== batch || value.shape[2] !== hidden) {
    c.fail(
      `The initial state of ${c.node.op} is [${value.shape.join(', ')}], which is not ${batch} × ${hidden} for each direction.`,
      'Check its shape there: samples lie on its middle axis, and it is as wide as the recurrent weights.',
    );
  }
  return c.g.squeeze(c.g.sliceAxis(value, axis, d, d + 1), [axis]);
}

const recurrent = ({ g, recurrence }: ScanDirection, h: Value | null) => h && g.matmul(h, recurrence);

const plus = (g: GraphBuilder, a: Value, b: Value | null) => (b ? g.add(a, b) : a);

const columns = (g: GraphBuilder, x: Value, from: number, to: number) => g.sliceAxis(x, x.shape.length - 1, from, to);

/** Cuts the last axis into equal parts. */
function parts(g: GraphBuilder, x: Value, count: number): Value[] {
  const share = x.shape[x.shape.length - 1] / count;
  return counted(count, (i) => columns(g, x, i * share, (i + 1) * share));
}
