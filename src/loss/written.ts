import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { isOp, splatOf } from '../graph/graph';
import { isFloat } from '../graph/tensor';
import { affineOf, isNear } from './affine';

const inputsOf = (value: Value): readonly Value[] => value.node?.inputs ?? [];

/** z of eᶻ/(1 + eᶻ), 1/(1 + e⁻ᶻ) and ½·tanh(z/2) + ½. */
export function writtenSigmoid(g: GraphBuilder, value: Value): Value | null {
  const [a, b] = inputsOf(value);
  if (isOp(value, 'Reciprocal')) {
    const power = onePlusPower(a);
    return power && g.neg(power);
  }
  if (isOp(value, 'Div') && isOp(a, 'Exp')) return onePlusPower(b) === inputsOf(a)[0] ? inputsOf(a)[0] : null;
  const { x, scale, shift } = affineOf(value);
  if (!isOp(x, 'Tanh') || !isNear(shift, 0.5) || !isNear(Math.abs(scale), 0.5)) return null;
  const doubled = double(g, inputsOf(x)[0]);
  return scale > 0 ? doubled : g.neg(doubled);
}

/** u of 1 + eᵘ. */
function onePlusPower(value: Value): Value | null {
  const { x, scale, shift } = affineOf(value);
  return isOp(x, 'Exp') && scale === 1 && shift === 1 ? inputsOf(x)[0] : null;
}

/** 2·u, which is z where u is z/2. */
function double(g: GraphBuilder, u: Value): Value {
  const { x, scale, shift } = affineOf(u);
  return shift === 0 && isNear(scale, 0.5) ? x : g.scale(u, 2);
}

/** log σ(z): −log(1 + e⁻ᶻ), or z − log(1 + eᶻ). */
export function writtenLogSigmoid(g: GraphBuilder, value: Value): Value | null {
  const [a, b] = inputsOf(value);
  if (isOp(value, 'Neg') && isOp(a, 'Softplus')) return g.neg(inputsOf(a)[0]);
  if (isOp(value, 'Sub') && isOp(b, 'Softplus') && inputsOf(b)[0] === a) return a;
  return null;
}

/** Something over its own sum along one axis. */
export interface Shares {
  x: Value;
  axis: number;
}

/** x and the axis of x/Σx, in any spelling. */
export function sharesOf(value: Value): Shares | null {
  const [a, b] = inputsOf(value);
  const whole = (x: Value, sum: Value): Shares | null => {
    const axis = sumAxis(x, sum);
    return axis === null ? null : { x, axis };
  };
  if (isOp(value, 'Div')) return whole(a, b);
  if (!isOp(value, 'Mul')) return null;
  if (isOp(b, 'Reciprocal')) return whole(a, inputsOf(b)[0]);
  return isOp(a, 'Reciprocal') ? whole(b, inputsOf(a)[0]) : null;
}

/** The axis along which a value is the sum of x, behind any guard against zero. */
function sumAxis(x: Value, sum: Value): number | null {
  const found = withoutGuard(sum);
  if (!isOp(found, 'ReduceSum')) return null;
  const { inputs, attributes } = found.node as Node<'ReduceSum'>;
  const [axis] = attributes.axes;
  const summed = isOp(inputs[0], 'Abs') ? inputsOf(inputs[0])[0] : inputs[0];
  // As a divisor, the sum has one number for each row.
  const kept = x.shape.map((dim, i) => (i === axis ? 1 : dim));
  const aligned =
    sum.shape.length === kept.length && sum.shape.every((dim, i) => dim === kept[i] || dim === x.shape[i]);
  return attributes.axes.length === 1 && summed === x && aligned ? axis : null;
}

/** Small numbers that guard a division. */
const SMALL = 1e-3;

/** A sum behind its guard against zero, + ε, max(·, ε) or + (sum = 0), and behind restored axes. */
function withoutGuard(sum: Value): Value {
  const [a, b] = inputsOf(sum);
  const isSmall = (x: Value) => {
    const number = splatOf(x);
    return (number !== null && Math.abs(number) <= SMALL) || (isOp(x, 'Cast') && !isFloat(inputsOf(x)[0].dtype));
  };
  if (isOp(sum, 'Reshape') || isOp(sum, 'Expand')) return withoutGuard(a);
  if (isOp(sum, 'Add') || isOp(sum, 'Max')) {
    if (isSmall(b)) return withoutGuard(a);
    return isSmall(a) ? withoutGuard(b) : sum;
  }
  if (!isOp(sum, 'Where')) return sum;
  // sum = 0 ? 1 : sum, and sum < ε ? ε : sum
  const branches = inputsOf(sum).slice(1);
  return branches.find((branch, i) => splatOf(branch) === null && splatOf(branches[1 - i]) !== null) ?? sum;
}

/** z of z − max z along an axis, which softmax uses against overflow; z itself if nothing is subtracted. */
export function unshifted(z: Value, axis: number): Value {
  if (!isOp(z, 'Sub')) return z;
  const [x, top] = inputsOf(z);
  return isTop(top, x, axis) ? x : z;
}

/** Whether a value is the maximum of x along an axis, one number for each row. */
function isTop(value: Value, x: Value, axis: number): boolean {
  // If the maximum is infinite, as for a row of −∞, 0 is subtracted instead.
  const found = otherThan(0, isOp(value, 'Reshape') || isOp(value, 'Expand') ? inputsOf(value)[0] : value);
  if (!isOp(found, 'ReduceMax') || inputsOf(found)[0] !== x) return false;
  const { axes } = (found.node as Node<'ReduceMax'>).attributes;
  return axes.length === 1 && axes[0] === axis && value.shape.length === x.shape.length;
}

/** The other branch of a choice between this number and a value; any other value itself. */
function otherThan(number: number, value: Value): Value {
  if (!isOp(value, 'Where')) return value;
  const [, a, b] = inputsOf(value);
  if (splatOf(a) === number) return b;
  return splatOf(b) === number ? a : value;
}

/**
 * The logits z − log Σ eᶻ along an axis: a written-out log-softmax. The largest number may be subtracted below the
 * exponential and added again.
 * @param logOf the logarithm of a summand, if known
 */
export function writtenLogSoftmax(
  value: Value,
  logOf: (x: Value) => Value | null,
): { logits: Value; axis: number } | null {
  if (!isOp(value, 'Sub')) return null;
  const [z, whole] = inputsOf(value);
  const found = otherThan(-Infinity, isOp(whole, 'Reshape') || isOp(whole, 'Expand') ? inputsOf(whole)[0] : whole);
  const added = isOp(found, 'Add') ? inputsOf(found) : [found];
  for (const [i, log] of added.entries()) {
    if (!isOp(log, 'Log')) continue;
    const sum = withoutGuard(inputsOf(log)[0]);
    if (!isOp(sum, 'ReduceSum')) continue;
    const [summand] = inputsOf(sum);
    const { axes } = (sum.node as Node<'ReduceSum'>).attributes;
    const [axis] = axes;
    if (axes.length !== 1 || whole.shape.length !== z.shape.length || whole.shape[axis] !== 1) continue;
    const power = logOf(summand);
    if (!power) continue;
    if (added.length === 1 && power === z) return { logits: unshifted(z, axis), axis };
    if (added.length === 2 && unshifted(power, axis) === z && isTop(added[1 - i], z, axis)) return { logits: z, axis };
  }
  return null;
}
