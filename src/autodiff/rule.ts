import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import type { Op, OpAttributes } from '../graph/ops';
import { isFloat } from '../graph/tensor';

/** A tangent or cotangent; null is zero. */
export type Derivative = Value | null;

/** Context of a rule: the node to differentiate and the builder to emit with. */
export interface RuleContext<O extends Op = Op> {
  readonly g: GraphBuilder;
  readonly node: Node<O>;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: OpAttributes[O];
  /** First input, by its name in formulas. */
  readonly x: Value;
  /** First two inputs. */
  readonly a: Value;
  readonly b: Value;
  /** First output. */
  readonly y: Value;
}

/** Both modes of one operator's derivative. A rule emits only operators that have rules themselves. */
export interface Rule<O extends Op = Op> {
  /** Tangents of the outputs from tangents of the inputs: ẏ = J·ẋ. At least one input tangent is present. */
  jvp(context: RuleContext<O>, dots: readonly Derivative[]): Derivative[];
  /** Cotangents of the inputs from those of the outputs: x̄ = Jᵀ·ȳ. `wanted` marks the inputs that need theirs. */
  vjp(context: RuleContext<O>, bars: readonly Derivative[], wanted: readonly boolean[]): Derivative[];
}

export type RuleTable = { [O in Op]?: Rule<O> };

export function contextOf<O extends Op>(g: GraphBuilder, node: Node<O>): RuleContext<O> {
  const { inputs, outputs, attributes } = node;
  return { g, node, inputs, outputs, attributes, x: inputs[0], a: inputs[0], b: inputs[1], y: outputs[0] };
}

/** Sum of two derivatives, either of which may be absent. */
export function plus(g: GraphBuilder, a: Derivative, b: Derivative): Derivative {
  return a && b ? g.add(a, b) : (a ?? b);
}

/** ∂y/∂xᵢ at each element; 1 and −1 may be plain numbers. */
export type Slope<O extends Op> = (context: RuleContext<O>) => Value | 1 | -1;

function times(g: GraphBuilder, slope: Value | 1 | -1, d: Value): Value {
  if (slope === 1) return d;
  return slope === -1 ? g.neg(d) : g.mul(slope, d);
}

/** y = f(x₁, x₂, …) element by element with broadcasting:  ẏ = Σ slopeᵢ·ẋᵢ,  x̄ᵢ = slopeᵢ·ȳ summed to the shape of xᵢ. */
export function elementwise<O extends Op>(...slopes: Slope<O>[]): Rule<O> {
  return {
    jvp(context, dots) {
      const { g, y } = context;
      let yDot: Derivative = null;
      for (const [i, dot] of dots.entries()) if (dot) yDot = plus(g, yDot, times(g, slopes[i](context), dot));
      return [yDot && g.expand(yDot, y.shape)];
    },
    vjp(context, [yBar], wanted) {
      const { g, inputs } = context;
      return inputs.map((x, i) => (yBar && wanted[i] ? g.sumTo(times(g, slopes[i](context), yBar), x.shape) : null));
    },
  };
}

/**
 * y = A·x for a linear operator in its first input (the others, such as indices, have no derivative):
 * ẏ is the operator itself on ẋ unless `forward` says otherwise.
 */
export function linear<O extends Op>(rule: {
  forward?: (context: RuleContext<O>, xDot: Value) => Value;
  transpose: (context: RuleContext<O> & { yBar: Value }) => Value;
}): Rule<O> {
  return {
    jvp(context, [xDot]) {
      if (!xDot) return [null];
      const { g, node, inputs, attributes } = context;
      return [rule.forward?.(context, xDot) ?? g.apply(node.op, [xDot, ...inputs.slice(1)], attributes)];
    },
    vjp(context, [yBar], wanted) {
      return context.inputs.map((_, i) => (i === 0 && yBar && wanted[0] ? rule.transpose({ ...context, yBar }) : null));
    },
  };
}

type BilinearContext<O extends Op> = RuleContext<O> & { yBar: Value };

/** y = B(a, b), linear in each:  ẏ = B(ȧ, b) + B(a, ḃ), and the two transposes. */
export function bilinear<O extends Op>(rule: {
  aBar: (context: BilinearContext<O>) => Value;
  bBar: (context: BilinearContext<O>) => Value;
}): Rule<O> {
  return {
    jvp({ g, node, a, b, attributes }, [aDot, bDot]) {
      const left = aDot && g.apply(node.op, [aDot, b], attributes);
      const right = bDot && g.apply(node.op, [a, bDot], attributes);
      return [plus(g, left, right)];
    },
    vjp(context, [yBar], wanted) {
      if (!yBar) return [null, null];
      const c = { ...context, yBar };
      return [wanted[0] ? rule.aBar(c) : null, wanted[1] ? rule.bBar(c) : null];
    },
  };
}

/** No derivative, for integers, booleans and steps. */
export function flat<O extends Op>(): Rule<O> {
  return {
    jvp: ({ outputs }) => outputs.map(() => null),
    vjp: ({ inputs }) => inputs.map(() => null),
  };
}

/** Integers and booleans carry no derivative. */
export const differentiable = (value: Value) => isFloat(value.dtype);
