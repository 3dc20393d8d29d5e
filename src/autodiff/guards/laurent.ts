import type { Node } from '../../graph/graph';
import { splatOf } from '../../graph/graph';
import type { Series } from './series';
import { ROUNDING, add, constantSeries, divide, functionOf, multiply, scale } from './series';

/** The series f(c + h) = Σ aₖ·hᵏ with k ≥ `from`, which is negative if f has a pole at c. */
export interface Laurent {
  from: number;
  terms: Series;
}

export const laurent = (terms: Series): Laurent => ({ from: 0, terms });

/** Removes leading zeros. Returns null if all known terms are zero. */
function stripped({ from, terms }: Laurent): Laurent | null {
  const order = terms.findIndex((term) => Math.abs(term) > ROUNDING);
  return order < 0 ? null : { from: from + order, terms: terms.slice(order) };
}

/** Converts a Laurent series to a power series. Returns null at a pole. */
export function powerSeries(x: Laurent): Series | null {
  if (x.from === 0) return x.terms;
  const known = stripped(x);
  if (!known) return x.from > 0 ? constantSeries(0, x.from + x.terms.length) : null;
  return known.from < 0 ? null : [...Array<number>(known.from).fill(0), ...known.terms];
}

/** Extends a series with zeros so that it begins at an earlier term. */
const begun = ({ from, terms }: Laurent, at: number): Series => [...Array<number>(from - at).fill(0), ...terms];

function plus(a: Laurent, b: Laurent): Laurent {
  const from = Math.min(a.from, b.from);
  return { from, terms: add(begun(a, from), begun(b, from)) };
}

const times = (a: Laurent, b: Laurent): Laurent => ({ from: a.from + b.from, terms: multiply(a.terms, b.terms) });
const negative = ({ from, terms }: Laurent): Laurent => ({ from, terms: scale(terms, -1) });

/** Divides two series. Cancels leading zeros that both have, as sin x and x do at 0. */
function over(a: Laurent, b: Laurent): Laurent | null {
  const divisor = stripped(b);
  const terms = divisor && divide(a.terms, divisor.terms);
  return terms && { from: a.from - divisor.from, terms };
}

function reciprocal(x: Laurent): Laurent | null {
  return over(laurent(constantSeries(1, x.terms.length)), x);
}

/** Largest exponent that is expanded. No model writes a quotient with more factors. */
const MOST_FACTORS = 16;

function power(x: Laurent, exponent: number | null): Laurent | null {
  if (exponent === null || !Number.isInteger(exponent) || Math.abs(exponent) > MOST_FACTORS) return null;
  let product = laurent(constantSeries(1, x.terms.length));
  for (let k = 0; k < Math.abs(exponent); k++) product = times(product, x);
  return exponent < 0 ? reciprocal(product) : product;
}

/** Computes the series of a node's result from those of its operands. Returns null if there is none. */
export function seriesOf(node: Node, [a, b]: readonly Laurent[]): Laurent | null {
  switch (node.op) {
    case 'Cast':
    case 'Expand':
    case 'Reshape':
      return a;
    case 'Neg':
      return negative(a);
    case 'Add':
      return plus(a, b);
    case 'Sub':
      return plus(a, negative(b));
    case 'Mul':
      return times(a, b);
    case 'Div':
      return over(a, b);
    case 'Reciprocal':
      return reciprocal(a);
    case 'Pow':
      return power(a, splatOf(node.inputs[1]));
    default: {
      const operand = powerSeries(a);
      const terms = operand && functionOf(node.op, operand);
      return terms && laurent(terms);
    }
  }
}
