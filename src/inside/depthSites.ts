import type { Value } from '../graph/graph';
import { splatOf } from '../graph/graph';
import type { Op } from '../graph/ops';
import { isElementwise } from './signalFlow';
import type { SignalFlow } from './signalFlow';

/** A value at a depth of the network, where its signal and the gradient are compared from layer to layer. */
export interface DepthSite {
  value: Value;
  /** Number of layers with weights from the data to it. */
  depth: number;
}

const BENT: ReadonlySet<Op> = new Set<Op>([
  'Relu',
  'Sigmoid',
  'Tanh',
  'Erf',
  'Softplus',
  'Exp',
  'Sin',
  'Cos',
  'Atan',
  'Abs',
]);

/** A trunk of so many depths, or of half of all depths, says more than all activations together. */
const LEAST_DEPTHS = 4;

/**
 * One value for each depth below the prediction. Where the whole signal passes through a single value (any layer of a
 * plain network, the sums of a residual one), it is that value; the activation if there is one, else the last. A network
 * with fewer such values, as with dense skip connections, is described by all activations and layer ends at each depth.
 */
export function depthSites(flow: SignalFlow, prediction: Value): { sites: DepthSite[]; trunk: boolean } {
  const carrying = flow.nodes
    .flatMap(({ outputs }) => outputs)
    .filter((value) => flow.carries(value) && flow.readers.has(value));
  const bent = bentValues(flow, carrying);
  const last = flow.depthOf(prediction);
  const below = carrying.filter((value) => flow.depthOf(value) < last);
  const byDepth = new Map<number, Value>();
  for (const value of cutsAmong(carrying, flow)) {
    const depth = flow.depthOf(value);
    if (depth >= last) continue;
    const known = byDepth.get(depth);
    if (!known || bent.has(value) || !bent.has(known)) byDepth.set(depth, value);
  }
  const found = [...byDepth].map(([depth, value]) => ({ value, depth })).sort((a, b) => a.depth - b.depth);
  const depths = new Set(below.map((value) => flow.depthOf(value)));
  if (found.length >= LEAST_DEPTHS || 2 * found.length >= depths.size) return { sites: found, trunk: true };
  const fed = new Set(flow.products.map(({ input }) => input));
  const ends = below.filter((value) => fed.has(value));
  return { sites: ends.map((value) => ({ value, depth: flow.depthOf(value) })), trunk: false };
}

/**
 * The values that every path of the signal passes through. With the values in the order of the data flow, these are the
 * ones that no edge jumps over.
 */
function cutsAmong(carrying: readonly Value[], { carries }: SignalFlow): Value[] {
  const place = new Map(carrying.map((value, i) => [value, i]));
  const change = new Int32Array(carrying.length + 1);
  for (const [i, value] of carrying.entries()) {
    const sources = value.node!.inputs.filter((input) => carries(input));
    const earliest = sources.reduce((first, source) => Math.min(first, place.get(source) ?? i), i);
    // A value without a source is where the signal enters.
    const from = sources.length > 0 ? earliest + 1 : 0;
    change[from]++;
    change[i]--;
  }
  let open = 0;
  return carrying.filter((_, i) => (open += change[i]) === 0);
}

/** Values that an activation made: bent, and after that only scaled or combined element by element, without parameters. */
function bentValues({ carries, fromData }: SignalFlow, carrying: readonly Value[]): ReadonlySet<Value> {
  const bent = new Set<Value>();
  for (const value of carrying) {
    const node = value.node!;
    if (!isElementwise(node)) continue;
    const moving = node.inputs.filter((input) => carries(input));
    const whole = moving.every(({ shape }) => String(shape) === String(value.shape));
    const others = node.inputs.filter((input) => !carries(input));
    const plain = others.every((input) => splatOf(input) !== null || fromData(input));
    const bends =
      BENT.has(node.op) ||
      node.op === 'Where' ||
      ((node.op === 'Max' || node.op === 'Min') && plain) ||
      // One factor chooses or scales the other, as in SiLU and LeakyReLU.
      ((node.op === 'Mul' || node.op === 'Div') && node.inputs.filter((input) => fromData(input)).length > 1) ||
      (moving.some((input) => bent.has(input)) && plain);
    if (bends && whole) bent.add(value);
  }
  return bent;
}
