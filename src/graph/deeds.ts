import type { Op } from './ops';
import { broadcastAxes } from './shapes';
import { formatNumber } from '../text/numbers';

/** What an operator did, in words: "divides 0 by 0". Operators of the model and core operators share these names. */
export function deedOf(op: string, operands: readonly string[], outcome: string): string {
  if (SUMS.has(op)) return 'overflows: the sum is beyond what float32 holds, 3.4 × 10³⁸';
  const verb = isDescribed(op) && operands.length > 0 ? verbs[op as Op] : undefined;
  return verb?.(operands) ?? `makes ${outcome} of ${operands.join(' and ') || 'its operands'}`;
}

/** Whether there is a verb for what an operator does to its operands. */
export const isDescribed = (op: string): boolean => Object.hasOwn(verbs, op);

const verbs: { [O in Op]?: (operands: readonly string[]) => string } = {
  Div: ([a, b]) => `divides ${a} by ${b}`,
  Reciprocal: ([a]) => `divides 1 by ${a}`,
  Log: ([a]) => `takes the logarithm of ${a}`,
  Sqrt: ([a]) => `takes the root of ${a}`,
  Exp: ([a]) => `overflows at ${a}`,
  Pow: ([a, b]) => `raises ${a} to the power of ${b}`,
  Mul: ([a, b]) => `multiplies ${a} by ${b}`,
  Add: ([a, b]) => `adds ${a} and ${b}`,
  Sub: ([a, b]) => `subtracts ${b} from ${a}`,
};

/** Operators that sum products and have too many operands to name. */
const SUMS: ReadonlySet<string> = new Set(['MatMul', 'Gemm', 'Conv', 'ConvInput', 'ConvWeight', 'ReduceSum']);

/** The position in an operand that was broadcast to a shape. */
export function placeIn(from: readonly number[], to: readonly number[], at: number): number {
  const repeated = new Set(broadcastAxes(from, to));
  const offset = to.length - from.length;
  let [rest, place, stride] = [at, 0, 1];
  for (let axis = to.length - 1; axis >= 0; axis--) {
    const index = rest % to[axis];
    rest = Math.floor(rest / to[axis]);
    if (axis < offset) continue;
    if (!repeated.has(axis)) place += index * stride;
    stride *= from[axis - offset];
  }
  return place;
}

/** A number in a sentence. */
export const spelled = (value: number) => formatNumber(value, 6);
