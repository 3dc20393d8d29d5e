import type { Node, Value } from '../../graph/graph';
import { splatOf } from '../../graph/graph';
import type { Op } from '../../graph/ops';
import type { Interval } from './range';
import { OVERFLOW } from './range';

/** An operand at which an operator, or a slope of it, may be infinite or not a number. */
export interface Pole {
  /** Which operand. */
  input: number;
  /** A number in its place at which the operator and all its slopes are finite. */
  safe: number;
}

type Near = (node: Node, inputs: readonly Interval[]) => boolean;

const positive = ({ low }: Interval) => low > 0;
const inside = ({ low, high }: Interval) => low > -1 && high < 1;
/** A power that is no product of a few factors overflows, or has a pole of a higher slope. */
const LARGEST_BASE = 8;

const table: { [O in Op]?: readonly (Pole & { near: Near })[] } = {
  Sqrt: [{ input: 0, safe: 1, near: (_, [x]) => !positive(x) }],
  Log: [{ input: 0, safe: 1, near: (_, [x]) => !positive(x) }],
  Reciprocal: [{ input: 0, safe: 1, near: (_, [x]) => !x.nonzero }],
  Div: [{ input: 1, safe: 1, near: (_, [, b]) => !b.nonzero }],
  Mod: [{ input: 1, safe: 1, near: (_, [, b]) => !b.nonzero }],
  Pow: [
    { input: 0, safe: 1, near: ({ inputs: [, exponent] }, [a]) => !isTame(a, splatOf(exponent)) },
    { input: 1, safe: 1, near: ({ inputs: [, exponent] }) => splatOf(exponent) === null },
  ],
  Exp: [{ input: 0, safe: 0, near: (_, [x]) => x.high > OVERFLOW }],
  Sinh: [{ input: 0, safe: 0, near: (_, [x]) => x.high > OVERFLOW || x.low < -OVERFLOW }],
  Cosh: [{ input: 0, safe: 0, near: (_, [x]) => x.high > OVERFLOW || x.low < -OVERFLOW }],
  Asin: [{ input: 0, safe: 0, near: (_, [x]) => !inside(x) }],
  Acos: [{ input: 0, safe: 0, near: (_, [x]) => !inside(x) }],
  Atanh: [{ input: 0, safe: 0, near: (_, [x]) => !inside(x) }],
  Acosh: [{ input: 0, safe: 2, near: (_, [x]) => !(x.low > 1) }],
  // Of rows that are all −∞, as masks make them.
  Softmax: [{ input: 0, safe: 0, near: (_, [x]) => !x.finite }],
  LogSoftmax: [{ input: 0, safe: 0, near: (_, [x]) => !x.finite }],
};

/** Whether a power is finite with all its slopes. */
function isTame({ low, high }: Interval, exponent: number | null): boolean {
  if (exponent === null || low < 0 || high > LARGEST_BASE) {
    return exponent !== null && Number.isInteger(exponent) && exponent >= 0 && Math.max(-low, high) <= LARGEST_BASE;
  }
  return low > 0 || (Number.isInteger(exponent) && exponent >= 0);
}

/** The poles of a node that its operands may come to lie on. */
export function polesOf(node: Node, rangeOf: (value: Value) => Interval): Pole[] {
  const poles = table[node.op] ?? [];
  return poles.filter(({ near }) => near(node, node.inputs.map(rangeOf)));
}

/** Operators that have a value where their slope is infinite. */
const SLOPE_POLES: ReadonlySet<Op> = new Set<Op>(['Sqrt', 'Asin', 'Acos', 'Acosh']);

/** Poles of the slope alone: the node's own value is finite there. */
export function slopePolesOf(node: Node, rangeOf: (value: Value) => Interval): Pole[] {
  const exponent = node.op === 'Pow' ? splatOf(node.inputs[1]) : null;
  const isRoot = exponent !== null && exponent > 0 && !Number.isInteger(exponent);
  return isRoot || SLOPE_POLES.has(node.op) ? polesOf(node, rangeOf) : [];
}

/** Whether an operator has any pole at all. */
export const hasPole = (node: Node): boolean => node.op in table;

/** Operators whose slopes are operands, or that hand on what they read: data that are not numbers spoil them. */
const READ_DATA: ReadonlySet<Op> = new Set<Op>(['Add', 'Sub', 'Mul', 'Div', 'MatMul', 'Conv']);

/** Operands from the data that may be infinite or not a number, which are as well left out where nothing needs them. */
export function dataPolesOf(
  node: Node,
  moving: (value: Value) => boolean,
  rangeOf: (value: Value) => Interval,
): Pole[] {
  if (!READ_DATA.has(node.op)) return [];
  return node.inputs.flatMap((value, input) =>
    moving(value) || rangeOf(value).finite || (node.op === 'Div' && input === 1) ? [] : [{ input, safe: 0 }],
  );
}
