import type { GraphBuilder } from '../../graph/builder';
import type { Node, Value } from '../../graph/graph';
import { dependents, nodesOf } from '../../graph/graph';
import { again } from '../../graph/replay';
import { differentiable } from '../rule';
import { pieceOf } from '../../graph/smoothPiece';
import { FLAT, withDerivative } from './movement';
import { withNorms } from './norms';
import type { Pole } from './poles';
import { dataPolesOf, hasPole, polesOf, slopePolesOf } from './poles';
import { Ranges } from './range';
import { rebuilt } from './rebuilt';
import type { Need, Sources } from './reach';
import { either, isChoice, isMasking, reach } from './reach';
import { withSeries } from './removable';
import { withStill } from './still';

/*
 * A function that chooses, such as Where(x > 0, √x, 0), has a zero slope where it does not take a branch. Its
 * derivative graph multiplies that zero by the slope of the branch, which may be infinite there, and 0 · ∞ is NaN.
 * Masks in derivative rules no longer help once a product or a second derivative comes between the choice and the pole.
 * Therefore `guard` rewrites the function itself before it is differentiated. Where no output needs an element of √x,
 * the operand becomes a number at which √ is harmless:
 *   Where(x > 0, √Where(x > 0, x, 1), 0).
 * This is the same function everywhere, and no derivative of it, of any order or mode, meets the pole. Authors of
 * models write this "double Where" by hand; `guard` applies it to every choice and every pole, whatever lies between.
 */

export interface GuardRequest {
  /** Values with respect to which the outputs are differentiated. */
  wrt: readonly Value[];
  /** Values of which every element is needed, whatever reads them. */
  whole?: readonly Value[];
}

/**
 * Rewrites the outputs so that no operator is evaluated at a pole for an element that no output needs. Graphs without a
 * choice above a pole stay unchanged.
 * @returns a map from old values to new ones; elements of inner values that no output needs may differ
 */
export function guard(g: GraphBuilder, outputs: readonly Value[], request: GuardRequest): (value: Value) => Value {
  const { wrt, whole = [] } = request;
  const rewrites = [
    (values: readonly Value[]) => withSeries(g, values, wrt),
    (values: readonly Value[]) => withNorms(g, values, wrt),
    (values: readonly Value[]) => withStill(g, values, wrt),
    (values: readonly Value[], all: readonly Value[]) => guardBy(g, values, { wrt, whole: all }, maskPlan),
    (values: readonly Value[], all: readonly Value[]) => guardBy(g, values, { wrt, whole: all }, dataPlan),
    (values: readonly Value[], all: readonly Value[]) => guardBy(g, values, { wrt, whole: all }, polePlan),
  ];
  let now = (value: Value) => value;
  for (const rewrite of rewrites) {
    const before = now;
    const next = rewrite(outputs.map(before), whole.map(before));
    now = (value) => next(before(value));
  }
  return now;
}

/** Defines which nodes count as choices, and which poles to avoid in the elements that they leave out. */
interface Plan {
  chooses(node: Node, choosing: Pick<Choosing, 'dependent' | 'masks'>): boolean;
  polesOf(node: Node, moving: (value: Value) => boolean, ranges: Ranges): Pole[];
  /** Whether an element of an operand stays unchanged if any reader needs it, not just the node with the pole. */
  shared: boolean;
  /** Whether the zeros of a factor count as choices, too. */
  masking: boolean;
}

/** Avoids infinite slopes below any choice. */
const polePlan: Plan = {
  chooses: isChoice,
  polesOf: (node, _, ranges) => (hasPole(node) ? polesOf(node, (value) => ranges.of(value)) : []),
  shared: false,
  masking: false,
};

/**
 * Avoids infinite slopes of values that are multiplied by zeros without a derivative. Infinite values stay: there 0 · ∞
 * is NaN in the function itself, which the rewrite must not change.
 */
const maskPlan: Plan = {
  chooses: (node, { masks }) => isChoice(node) || isMasking(node, masks),
  polesOf: (node, _, ranges) => slopePolesOf(node, (value) => ranges.of(value)),
  shared: false,
  masking: true,
};

/** Avoids data that are infinite or NaN if a mask that does not depend on the parameters leaves them out. */
const dataPlan: Plan = {
  chooses: ({ op, inputs: [condition] }, { dependent }) => op === 'Where' && !dependent.has(condition),
  polesOf: (node, moving, ranges) => dataPolesOf(node, moving, (value) => ranges.of(value)),
  shared: true,
  masking: false,
};

function guardBy(
  g: GraphBuilder,
  outputs: readonly Value[],
  { wrt, whole = [] }: GuardRequest,
  plan: Plan,
): (value: Value) => Value {
  const dependent = dependents(outputs, wrt);
  const moving = (value: Value) => dependent.has(value) && differentiable(value);
  const nodes = nodesOf(outputs, new Set(wrt)).filter((node) => node.outputs.some(moving) && !FLAT.has(node.op));
  const ranges = new Ranges(new Set(wrt));
  const derived = withDerivative(outputs, wrt);
  const masks = (factor: Value) => differentiable(factor) && !derived(factor) && !ranges.of(factor).nonzero;
  const choosing = { nodes, dependent, masks, moving, outputs, whole, plan };
  if (!nodes.some((node) => plan.chooses(node, choosing))) return (value) => value;
  const poles = polesBelowChoices(choosing, ranges);
  if (poles.size === 0) return (value) => value;
  const walk = { ...choosing, g, sourcesOf: sourcing(wrt) };
  const needs = needsOf(walk, poles);
  return rebuilt(g, nodes, (node, inputs) => {
    const away = [...inputs];
    for (const { input, safe } of poles.get(node) ?? []) {
      const need = plan.shared ? needs.get(node.inputs[input]) : needAt(walk, node, needs, input);
      if (need) away[input] = g.where(g.greater(need, g.like(need, 0)), away[input], g.like(away[input], safe));
    }
    if (away.every((value, i) => value === node.inputs[i])) return node.outputs;
    // The choice stays as before, so that a replaced number cannot win a maximum.
    return (isChoice(node) && pieceOf(g, node, away)) || again(g, node, away);
  });
}

/** Finds out whether a value is computed from parameters, data or both. */
function sourcing(wrt: readonly Value[]): (value: Value) => Sources {
  const trained = new Set(wrt);
  return (value) => {
    const read = [value, ...nodesOf([value]).flatMap(({ inputs }) => inputs)].filter(({ node }) => !node);
    return { parameters: read.some((each) => trained.has(each)), data: read.some((each) => !trained.has(each)) };
  };
}

interface Choosing {
  /** All nodes that pass on derivatives, in the order of evaluation. */
  nodes: readonly Node[];
  /** All values that depend on `wrt`, including conditions. */
  dependent: ReadonlySet<Value>;
  /** Whether a factor has no derivative and may be zero. */
  masks: (factor: Value) => boolean;
  /** Whether a value is in `dependent` and has a derivative. */
  moving: (value: Value) => boolean;
  outputs: readonly Value[];
  whole: readonly Value[];
  plan: Plan;
}

interface Walk extends Choosing {
  g: GraphBuilder;
  sourcesOf: (value: Value) => Sources;
}

/** Finds the poles of nodes whose elements some choice may leave out. */
function polesBelowChoices(choosing: Choosing, ranges: Ranges): Map<Node, Pole[]> {
  const { nodes, moving, outputs, whole, plan } = choosing;
  const entirely = new Set([...outputs, ...whole]);
  const partly = new Set<Value>();
  const found = new Map<Node, Pole[]>();
  for (const node of [...nodes].reverse()) {
    const all = node.outputs.some((output) => entirely.has(output));
    if (!all && !node.outputs.some((output) => partly.has(output))) continue;
    const poles = all ? [] : plan.polesOf(node, moving, ranges);
    if (poles.length > 0) found.set(node, poles);
    const to = all && !plan.chooses(node, choosing) ? entirely : partly;
    for (const input of node.inputs) if (differentiable(input)) to.add(input);
  }
  return found;
}

/** Computes which elements of each value the outputs need, for values on the way to a pole. */
function needsOf(walk: Walk, poles: ReadonlyMap<Node, readonly Pole[]>): Needs {
  const { nodes, outputs, whole, plan } = walk;
  const sources = [...poles].flatMap(([node, each]) => [
    ...node.outputs,
    ...each.map(({ input }) => node.inputs[input]),
  ]);
  const leading = dependents(outputs, sources);
  const needs = new Map<Value, Need>([...outputs, ...whole].map((value) => [value, null]));
  for (const node of [...nodes].reverse()) {
    const need = needs.get(node.outputs[0]);
    const wanted = node.inputs.map((input) => leading.has(input) && differentiable(input));
    if (need === undefined || !wanted.includes(true)) continue;
    const chooses = need !== null || plan.chooses(node, walk);
    const found = chooses ? reaching(walk, node, need, wanted) : [];
    for (const [i, input] of node.inputs.entries()) {
      if (!wanted[i]) continue;
      const known = needs.get(input);
      needs.set(input, known === undefined ? (found[i] ?? null) : either(walk.g, known, found[i] ?? null));
    }
  }
  return needs;
}

/** Needs by value. Values that no output reads are absent. */
type Needs = ReadonlyMap<Value, Need>;

/** Computes which elements of one operand a node itself needs. */
function needAt(walk: Walk, node: Node, needs: Needs, input: number): Need {
  const need = needs.get(node.outputs[0]);
  if (!need) return null;
  return reaching(
    walk,
    node,
    need,
    node.inputs.map((_, i) => i === input),
  )[input];
}

function reaching({ g, sourcesOf, plan, masks }: Walk, node: Node, need: Need, wanted: readonly boolean[]): Need[] {
  const asked = { g, need, wanted, sourcesOf, ...(plan.masking ? { masks } : {}) };
  return g.from(node.origin, () => reach(node, asked));
}
