import type { Node, Value } from '../graph/graph';
import { splatOf } from '../graph/graph';

/** scale·x + shift with numbers for scale and shift. */
export interface Affine {
  x: Value;
  scale: number;
  shift: number;
}

/** Largest number of steps to follow; no model writes a rescaling with more. */
const MOST_STEPS = 8;
/** Numbers of a graph are float32, so ½·tanh + ½ may contain any rounding of a half. */
const SAME = 1e-6;

/** A value as a rescaling of another, as far down as rescalings go; scale 1 and shift 0 if it is none. */
export function affineOf(value: Value): Affine {
  let found: Affine = { x: value, scale: 1, shift: 0 };
  for (let step = 0; step < MOST_STEPS; step++) {
    const below = rescaled(found.x);
    if (!below) return found;
    const { scale, shift } = found;
    found = { x: below.x, scale: scale * below.scale, shift: scale * below.shift + shift };
  }
  return found;
}

export const isNear = (a: number, b: number) => Math.abs(a - b) <= SAME * Math.max(1, Math.abs(b));

/** One step that keeps the shape. */
function rescaled(value: Value): Affine | null {
  const { node } = value;
  if (!node) return null;
  const [a, b] = node.inputs;
  const one = (x: Value, scale: number, shift: number) => (sameShape(x, value) ? { x, scale, shift } : null);
  if (node.op === 'Neg') return one(a, -1, 0);
  if (!isArithmetic(node)) return null;
  const [left, right] = [splatOf(a), splatOf(b)];
  switch (node.op) {
    case 'Add':
      return right !== null ? one(a, 1, right) : left !== null ? one(b, 1, left) : null;
    case 'Sub':
      return right !== null ? one(a, 1, -right) : left !== null ? one(b, -1, left) : null;
    case 'Mul':
      return right !== null ? one(a, right, 0) : left !== null ? one(b, left, 0) : null;
    default:
      return right !== null && right !== 0 ? one(a, 1 / right, 0) : null;
  }
}

const isArithmetic = ({ op }: Node) => op === 'Add' || op === 'Sub' || op === 'Mul' || op === 'Div';

const sameShape = (a: Value, b: Value) =>
  a.shape.length === b.shape.length && a.shape.every((n, i) => n === b.shape[i]);
