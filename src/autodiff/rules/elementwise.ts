import type { GraphBuilder } from '../../graph/builder';
import type { Value } from '../../graph/graph';
import { splatOf } from '../../graph/graph';
import type { RuleTable } from '../rule';
import { elementwise, flat } from '../rule';

const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

/** Operators that act on each element, with broadcasting. */
export const elementwiseRules: RuleTable = {
  Neg: elementwise(() => -1),
  /** y = |x|, slope sign x (0 at 0). */
  Abs: elementwise(({ g, x }) => g.unary('Sign', x)),
  Exp: elementwise(({ y }) => y),
  Log: elementwise(({ g, x }) => g.reciprocal(x)),
  /** y = √x, slope 1/(2y). */
  Sqrt: elementwise(({ g, y }) => g.div(g.like(y, 0.5), y)),
  /** y = 1/x, slope −y². */
  Reciprocal: elementwise(({ g, y }) => g.neg(g.square(y))),
  /** y = tanh x, slope 1 − y². */
  Tanh: elementwise(({ g, y }) => g.sub(g.like(y, 1), g.square(y))),
  /** y = 1/(1 + e⁻ˣ), slope y·(1 − y). */
  Sigmoid: elementwise(({ g, y }) => g.mul(y, g.sub(g.like(y, 1), y))),
  /** y = log(1 + eˣ), slope σ(x). */
  Softplus: elementwise(({ g, x }) => g.sigmoid(x)),
  /** y = erf x, slope 2/√π · e^(−x²). */
  Erf: elementwise(({ g, x }) => g.scale(g.exp(g.neg(g.square(x))), TWO_OVER_ROOT_PI)),
  /** y = max(x, 0). The slope at the kink x = 0 is 0, as in PyTorch. It is computed from y, so that x need not be kept. */
  Relu: elementwise(({ g, y }) => g.step(y)),
  Sin: elementwise(({ g, x }) => g.unary('Cos', x)),
  Cos: elementwise(({ g, x }) => g.neg(g.unary('Sin', x))),
  /** y = tan x, slope 1 + y². */
  Tan: elementwise(({ g, y }) => g.shift(g.square(y), 1)),
  /** y = arcsin x, slope 1/√(1 − x²). */
  Asin: elementwise(({ g, x }) => g.reciprocal(g.sqrt(g.sub(g.like(x, 1), g.square(x))))),
  Acos: elementwise(({ g, x }) => g.neg(g.reciprocal(g.sqrt(g.sub(g.like(x, 1), g.square(x)))))),
  /** y = arctan x, slope 1/(1 + x²). */
  Atan: elementwise(({ g, x }) => g.reciprocal(g.shift(g.square(x), 1))),
  Sinh: elementwise(({ g, x }) => g.unary('Cosh', x)),
  Cosh: elementwise(({ g, x }) => g.unary('Sinh', x)),
  Asinh: elementwise(({ g, x }) => g.reciprocal(g.sqrt(g.shift(g.square(x), 1)))),
  Acosh: elementwise(({ g, x }) => g.reciprocal(g.sqrt(g.shift(g.square(x), -1)))),
  Atanh: elementwise(({ g, x }) => g.reciprocal(g.sub(g.like(x, 1), g.square(x)))),

  Add: elementwise(
    () => 1,
    () => 1,
  ),
  Sub: elementwise(
    () => 1,
    () => -1,
  ),
  Mul: elementwise(
    ({ b }) => b,
    ({ a }) => a,
  ),
  /** y = a/b, slopes 1/b and −y/b. */
  Div: elementwise(
    ({ g, b }) => g.reciprocal(b),
    ({ g, b, y }) => g.neg(g.div(y, b)),
  ),
  /**
   * y = aᵇ, slopes b·aᵇ⁻¹ (0 for b = 0, also at a = 0) and y·log a (0 at a = 0 for b ≥ 0), as in PyTorch. An exponent that
   * has a derivative itself is only left out where the base is 0: elsewhere the slope 0·a⁻¹ changes with it.
   */
  Pow: elementwise(
    ({ g, a, b }) => {
      const zero = g.like(a, 0);
      const exponent = splatOf(b);
      if (exponent === 0) return zero;
      if (exponent !== null) return g.mul(b, g.pow(a, g.shift(b, -1)));
      const atZero = g.binary('And', g.equal(b, zero), g.equal(a, zero));
      const slope = g.mul(b, g.pow(g.where(atZero, g.like(a, 1), a), g.shift(b, -1)));
      return g.where(atZero, zero, slope);
    },
    ({ g, a, b, y }) => {
      const zero = g.like(a, 0);
      const atZero = g.binary('And', g.equal(a, zero), g.binary('GreaterOrEqual', b, zero));
      return g.where(atZero, zero, g.mul(y, g.log(g.where(atZero, g.like(a, 1), a))));
    },
  ),
  /** y = max(a, b). If both are equal, each gets half, as in PyTorch. */
  Max: elementwise(
    ({ g, a, b }) => share(g, a, b),
    ({ g, a, b }) => share(g, b, a),
  ),
  Min: elementwise(
    ({ g, a, b }) => share(g, b, a),
    ({ g, a, b }) => share(g, a, b),
  ),

  /** y = a − b·n with n = a/b rounded towards zero, which is flat: slopes 1 and −n. */
  Mod: elementwise(
    () => 1,
    ({ g, a, b, y }) => g.neg(g.unary('Round', g.div(g.sub(a, y), b))),
  ),

  /** y = condition ? a : b. The branch not taken gets an exact zero, even where its own slope is infinite. */
  Where: {
    jvp({ g, inputs: [condition, a], y }, [, aDot, bDot]) {
      const zero = g.like(a, 0);
      return [g.expand(g.where(condition, aDot ?? zero, bDot ?? zero), y.shape)];
    },
    vjp({ g, inputs: [condition, a, b] }, [yBar], wanted) {
      if (!yBar) return [null, null, null];
      const zero = g.like(a, 0);
      return [
        null,
        wanted[1] ? g.sumTo(g.where(condition, yBar, zero), a.shape) : null,
        wanted[2] ? g.sumTo(g.where(condition, zero, yBar), b.shape) : null,
      ];
    },
  },

  Sign: flat(),
  Floor: flat(),
  Ceil: flat(),
  Round: flat(),
  Not: flat(),
  IsNaN: flat(),
  And: flat(),
  Or: flat(),
  Xor: flat(),
  Greater: flat(),
  GreaterOrEqual: flat(),
  Less: flat(),
  LessOrEqual: flat(),
  Equal: flat(),
  Constant: flat(),
};

/** 1 where this operand wins, 0 where it loses, ½ in a tie:  (1 + [a > b] − [a < b])/2. */
function share(g: GraphBuilder, winner: Value, loser: Value): Value {
  const wins = g.cast(g.greater(winner, loser), winner.dtype);
  const loses = g.cast(g.less(winner, loser), winner.dtype);
  return g.scale(g.shift(g.sub(wins, loses), 1), 0.5);
}
