import type { Node, Value } from '../../graph/graph';
import { splatOf } from '../../graph/graph';
import type { Op } from '../../graph/ops';
import type { Interval } from './range';
import { OVERFLOW } from './range';

/** An operand at which an operator, or one of its derivatives, may be infinite or NaN. */
export interface Pole {
  /** Index of the operand. */
  input: number;
  /** A replacement for the operand at which the operator and all its derivatives are finite. */
  safe: number;
}

type Near = (node: Node, inputs: readonly Interval[]) => boolean;

const positive = ({ low }: Interval) => low > 0;
const inside = ({ low, high }: Interval) => low > -1 && high < 1;
/** Largest base that counts as harmless. Other powers may overflow or have a pole in a higher derivative. */
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
  // The pole is a row that is −∞ throughout, as masks produce it.
  Softmax: [{ input: 0, safe: 0, near: (_, [x]) => !x.finite }],
  LogSoftmax: [{ input: 0, safe: 0, near: (_, [x]) => !x.finite }],
};

/** Whether a power and all its derivatives are finite. */
function isTame({ low, high }: Interval, exponent: number | null): boolean {
  if (exponent === null || low < 0 || high > LARGEST_BASE) {
    return exponent !== null && Number.isInteger(exponent) && exponent >= 0 && Math.max(-low, high) <= LARGEST_BASE;
  }
  return low > 0 || (Number.isInteger(exponent) && exponent >= 0);
}

/** Finds the poles of a node that its operands may reach. */
export function polesOf(node: Node, rangeOf: (value: Value) => Interval): Pole[] {
  const poles = table[node.op] ?? [];
  return poles.filter(({ near }) => near(node, node.inputs.map(rangeOf)));
}

/** Operators whose value is finite where their slope is infinite. */
const SLOPE_POLES: ReadonlySet<Op> = new Set<Op>(['Sqrt', 'Asin', 'Acos', 'Acosh']);

/** Finds poles of the slope alone, where the node's own value is finite. */
export function slopePolesOf(node: Node, rangeOf: (value: Value) => Interval): Pole[] {
  const exponent = node.op === 'Pow' ? splatOf(node.inputs[1]) : null;
  const isRoot = exponent !== null && exponent > 0 && !Number.isInteger(exponent);
  return isRoot || SLOPE_POLES.has(node.op) ? polesOf(node, rangeOf) : [];
}

/** Whether an operator has any pole at all. */
export const hasPole = (node: Node): boolean => node.op in table;

/** Operators whose slopes are operands, or that pass on their operands, so that infinite or NaN data spoil them. */
const READ_DATA: ReadonlySet<Op> = new Set<Op>(['Add', 'Sub', 'Mul', 'Div', 'MatMul', 'Conv']);

/** Finds operands from the data that may be infinite or NaN. They are replaced where no output needs them. */
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
