import { UserError } from '../errors';
import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { dependents, nodesOf } from '../graph/graph';
import type { Derivative, Rule, RuleContext } from './rule';
import { contextOf, differentiable, plus } from './rule';
import { rules } from './rules/table';

/** The graph contains operators without a derivative rule. */
class MissingRuleError extends UserError {
  constructor(nodes: readonly Node[]) {
    const names = [...new Set(nodes.map(operatorName))];
    super({
      what: `No derivative rule for ${names.join(', ')}.`,
      where: nodes.map((node) => `${operatorName(node)} "${node.origin}"`),
      action:
        'Loss lines and planes still work. For gradients, export without this operator or freeze the layers before it (--parameters).',
    });
  }
}

/** Its name in the user's model. */
export function operatorName(node: Node): string {
  return node.op === 'Opaque' ? (node as Node<'Opaque'>).attributes.node.op : node.op;
}

/** All nodes between `wrt` and the outputs that have no rule, found before anything is differentiated. */
export function missingRules(outputs: readonly Value[], wrt: readonly Value[]): Node[] {
  const active = dependents(outputs, wrt);
  return nodesOf(outputs, new Set(wrt)).filter(
    (node) =>
      !rules[node.op] &&
      node.inputs.some((x) => active.has(x) && differentiable(x)) &&
      node.outputs.some(differentiable),
  );
}

/**
 * Reverse mode: x̄ = Σ (∂y/∂x)ᵀ·ȳ for each x of `wrt`, which may be inputs or values inside the graph.
 * @param cotangents one per output, of its shape; null is zero
 * @param passed values whose cotangents are returned; the pass goes through those that depend on `wrt` down to `wrt`
 * @returns one per `passed`, of its shape; null if nothing depends on it
 * @throws MissingRuleError naming every node without a rule
 */
export function vjp(
  g: GraphBuilder,
  outputs: readonly Value[],
  cotangents: readonly Derivative[],
  wrt: readonly Value[],
  passed: readonly Value[] = wrt,
): Derivative[] {
  const missing = missingRules(outputs, wrt);
  if (missing.length > 0) throw new MissingRuleError(missing);
  const active = dependents(outputs, wrt);
  const bars = new Map<Value, Derivative>();
  const add = (to: Map<Value, Derivative>, value: Value, bar: Derivative) =>
    to.set(value, plus(g, to.get(value) ?? null, bar));
  for (const [i, output] of outputs.entries()) if (cotangents[i]) add(bars, output, cotangents[i]);
  for (const node of nodesOf(outputs, new Set(wrt)).reverse()) {
    const wanted = node.inputs.map((input) => active.has(input) && differentiable(input));
    const outputBars = node.outputs.map((output) => bars.get(output) ?? null);
    if (!wanted.includes(true) || outputBars.every((bar) => !bar)) continue;
    const inputBars = g.from(node.origin, () => ruleOf(node).vjp(contextOf(g, node), outputBars, wanted));
    // An input that a node reads twice, as in x·x, receives the sum of both cotangents; two equal ones become one, doubled.
    const given = new Map<Value, Derivative>();
    for (const [i, bar] of inputBars.entries()) if (bar && wanted[i]) add(given, node.inputs[i], bar);
    for (const [input, bar] of given) add(bars, input, bar);
  }
  return passed.map((x) => bars.get(x) ?? null);
}

/**
 * Forward mode: ẏ = Σ ∂y/∂x·ẋ for each output.
 * @param tangents one per `wrt`, of its shape; null is zero
 * @returns one per output, of its shape; null if it does not depend on `wrt`
 * @throws MissingRuleError naming every node without a rule
 */
export function jvp(
  g: GraphBuilder,
  outputs: readonly Value[],
  wrt: readonly Value[],
  tangents: readonly Derivative[],
): Derivative[] {
  const missing = missingRules(outputs, wrt);
  if (missing.length > 0) throw new MissingRuleError(missing);
  const dots = new Map<Value, Derivative>(wrt.map((x, i) => [x, tangents[i]]));
  for (const node of nodesOf(outputs, new Set(wrt))) {
    const inputDots = node.inputs.map((input) => dots.get(input) ?? null);
    if (inputDots.every((dot) => !dot)) continue;
    const outputDots = g.from(node.origin, () => ruleOf(node).jvp(contextOf(g, node), inputDots));
    for (const [i, output] of node.outputs.entries()) {
      if (outputDots[i] && differentiable(output)) dots.set(output, outputDots[i]);
    }
  }
  return outputs.map((output) => dots.get(output) ?? null);
}

function ruleOf(node: Node): Rule {
  return (rules[node.op] ?? noRule) as Rule;
}

/** Stands in for nodes without floating outputs or off the path; `missingRules` has checked the others. */
const noRule: Rule = {
  jvp: ({ outputs }: RuleContext) => outputs.map(() => null),
  vjp: ({ inputs }: RuleContext) => inputs.map(() => null),
};
