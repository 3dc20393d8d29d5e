import type { Node, Value } from '../../graph/graph';
import { splatOf } from '../../graph/graph';
import type { Op } from '../../graph/ops';
import { sizeOf } from '../../graph/tensor';
import type { GraphAxes } from './axes';
import { alignedAxes } from './axes';
import { Degrees } from './degrees';
import type { UnitAxis, Factor } from './factor';
import { leaves } from './factor';

/** Unknown degrees of the factors of one axis, in their order. */
type Slots = readonly number[];

/**
 * Degrees of homogeneity of every value in each of its units. Multiplying what is tied to unit i by cᵈ, each tensor with
 * its own degree d, leaves the outputs of the graph unchanged for every c > 0.
 */
export interface UnitDegrees {
  /** The degree of a value in a factor of an axis, as a multiple of a free unknown; null where it is zero. */
  of(value: Value, axis: number, place: number): { root: number; ratio: number } | null;
}

/**
 * Finds which factors of the parameters cancel. A rectifier passes a positive factor on, a sum needs it in all its terms,
 * a product over the units needs opposite ones in its two operands, and everything that is not homogeneous allows none.
 * @see Dinh, Pascanu, Bengio & Bengio 2017, arXiv:1703.04933
 */
export function degreesOf(axes: GraphAxes): UnitDegrees {
  const found = new Equations(axes);
  axes.nodes.forEach((node) => found.relate(node));
  found.degrees.settle();
  return { of: (value, axis, place) => found.degrees.of(found.slots(value)[axis][place]) };
}

const KEEPING = new Set<Op>(['Relu', 'Neg', 'Abs', 'Cast']);
const SUMS = new Set<Op>(['Add', 'Sub', 'Max', 'Min']);
const COMPARISONS = new Set<Op>(['Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'Equal']);
const REDUCTIONS = new Set<Op>(['ReduceSum', 'ReduceMax', 'ReduceMin']);
/** Results that a positive factor of the operand does not change. */
const SCALE_FREE = new Set<Op>(['Sign', 'Not', 'IsNaN', ...COMPARISONS]);

class Equations {
  readonly degrees = new Degrees();
  private readonly known = new Map<Value, Slots[]>();

  constructor(private readonly axes: GraphAxes) {}

  /** The unknowns of a value, by axis. A factor whose order is fixed counts no units and has degree zero. */
  slots(value: Value): Slots[] {
    // What a constant is multiplied by does not cancel: it has no unknowns.
    if (this.axes.isConstant(value)) return value.shape.map(() => []);
    const found = this.known.get(value);
    if (found) return found;
    const slots = this.axes.of(value).map((axis) => this.unknowns(axis));
    this.known.set(value, slots);
    return slots;
  }

  relate(node: Node): void {
    const { op, inputs, outputs } = node;
    const [out] = outputs;
    if (KEEPING.has(op)) this.same(this.slots(inputs[0]).flat(), this.slots(out).flat());
    else if (SCALE_FREE.has(op)) {
      this.nothing(this.slots(out).flat());
      if (COMPARISONS.has(op)) this.alike(inputs, out.shape, null);
    } else if (SUMS.has(op)) this.alike(inputs, out.shape, this.slots(out));
    else if (op === 'Where') {
      this.nothing(this.slots(inputs[0]).flat());
      this.alike(inputs.slice(1), out.shape, this.slots(out));
    } else if (op === 'Mul' || op === 'Div') this.product(inputs, out, op === 'Mul' ? 1 : -1);
    else if (op === 'Sqrt') this.multiple(inputs[0], out, 0.5);
    else if (op === 'Reciprocal') this.multiple(inputs[0], out, -1);
    else if (op === 'Pow' && splatOf(inputs[1]) !== null) this.multiple(inputs[0], out, splatOf(inputs[1])!);
    else if (REDUCTIONS.has(op)) this.reduction(node as Node<'ReduceSum'>);
    else if (op === 'MatMul') this.matmul(inputs, out);
    else if (op === 'Conv') this.convolution(node as Node<'Conv'>);
    else if (op === 'ConvInput') this.transposedConvolution(node as Node<'ConvInput'>);
    else if (op === 'Reshape') this.same(this.slots(inputs[0]).flat(), this.slots(out).flat());
    else if (op === 'Transpose') {
      const { perm } = (node as Node<'Transpose'>).attributes;
      this.same(
        perm.flatMap((axis) => this.slots(inputs[0])[axis]),
        this.slots(out).flat(),
      );
    } else if (op === 'Expand') this.alike([inputs[0]], out.shape, this.slots(out));
    else if (op === 'Slice' || (op === 'Pad' && (node as Node<'Pad'>).attributes.value === 0))
      this.inner(this.slots(inputs[0]), this.slots(out));
    else if (op === 'Concat') for (const input of inputs) this.inner(this.slots(input), this.slots(out));
    else if (op === 'MaxPool') {
      this.inner(this.slots(inputs[0]), this.slots(out));
      this.nothing(this.slots(outputs[1]).flat());
    } else if (op === 'Gather') this.gather(node as Node<'Gather'>);
    else for (const value of [...inputs, ...outputs]) this.nothing(this.slots(value).flat());
  }

  /** All operands and the result have one degree; where an operand is broadcast along the units, it is zero. */
  private alike(operands: readonly Value[], shape: readonly number[], result: Slots[] | null): void {
    // Zero stays zero whatever it is multiplied by.
    const terms = operands.filter((operand) => splatOf(operand) !== 0);
    if (terms.some(this.axes.isConstant)) {
      this.nothing([...terms.flatMap((operand) => this.slots(operand)), ...(result ?? [])].flat());
      return;
    }
    const lists = terms.map((operand) => alignedAxes(this.slots(operand), operand.shape, shape.length));
    if (result) lists.push(result);
    for (const axis of shape.keys()) {
      const present = lists.flatMap((slots) => (slots[axis] ? [slots[axis]] : []));
      for (const other of present.slice(1)) this.same(present[0], other);
      if (present.length < lists.length && present.length > 0) this.nothing(present[0]);
    }
  }

  /** d of the product is the sum, d of the quotient the difference; constants have degree zero. */
  private product([a, b]: readonly Value[], out: Value, sign: 1 | -1): void {
    const [left, right] = [a, b].map((operand) => this.aligned(operand, out.shape.length));
    for (const [axis, slots] of this.slots(out).entries()) this.total(slots, [left[axis], 1], [right[axis], sign]);
  }

  private matmul([a, b]: readonly Value[], out: Value): void {
    const rank = out.shape.length;
    const [left, right] = [this.slots(a), this.slots(b)];
    const [inLeft, inRight] = [a, b].map((operand) => this.aligned(operand, rank));
    for (const [axis, slots] of this.slots(out).entries()) {
      if (axis === rank - 2) this.same(left[left.length - 2], slots);
      else if (axis === rank - 1) this.same(right[right.length - 1], slots);
      else this.total(slots, [inLeft[axis], 1], [inRight[axis], 1]);
    }
    this.cancel(left[left.length - 1], right[right.length - 2]);
  }

  private convolution({ inputs: [x, w], outputs: [out], attributes: { group } }: Node<'Conv'>): void {
    const [data, weights, result] = [x, w, out].map((value) => this.slots(value));
    const groups = this.countTo(x, 1, group);
    this.same(data[0], result[0]);
    this.total(result[1].slice(0, groups), [data[1].slice(0, groups), 1], [weights[0].slice(0, groups), 1]);
    this.same(weights[0].slice(groups), result[1].slice(groups));
    this.cancel(data[1].slice(groups), weights[1]);
  }

  private transposedConvolution({ inputs: [y, w], outputs: [out], attributes: { group } }: Node<'ConvInput'>): void {
    const [data, weights, result] = [y, w, out].map((value) => this.slots(value));
    const groups = this.countTo(y, 1, group);
    this.same(data[0], result[0]);
    this.total(result[1].slice(0, groups), [data[1].slice(0, groups), 1], [weights[0].slice(0, groups), 1]);
    this.same(weights[1], result[1].slice(groups));
    this.cancel(data[1].slice(groups), weights[0].slice(groups));
  }

  private gather({ inputs: [x, indices], outputs: [out], attributes: { axis } }: Node<'Gather'>): void {
    const [data, result] = [this.slots(x), this.slots(out)];
    this.nothing(this.slots(indices).flat());
    const added = indices.shape.length;
    this.same([...data.slice(0, axis), ...data.slice(axis + 1)].flat(), [
      ...result.slice(0, axis).flat(),
      ...result.slice(axis + added).flat(),
    ]);
    this.nothing(result.slice(axis, axis + added).flat());
  }

  private reduction({ inputs: [x], outputs: [out], attributes: { axes, keepdims } }: Node<'ReduceSum'>): void {
    const [data, result] = [this.slots(x), this.slots(out)];
    this.nothing(axes.flatMap((axis) => data[axis]));
    const kept = data.filter((_, axis) => !axes.includes(axis)).flat();
    this.same(kept, keepdims ? result.filter((_, axis) => !axes.includes(axis)).flat() : result.flat());
  }

  /** Axes that keep their innermost factors; the outer ones count blocks, or the order of the axis is fixed anyway. */
  private inner(from: readonly Slots[], to: readonly Slots[]): void {
    for (const [axis, slots] of from.entries()) {
      const count = Math.min(slots.length, to[axis].length);
      if (count > 0) this.same(slots.slice(-count), to[axis].slice(-count));
    }
  }

  private aligned(operand: Value, rank: number): (Slots | null)[] {
    return alignedAxes(this.slots(operand), operand.shape, rank);
  }

  private multiple(x: Value, out: Value, ratio: number): void {
    const [from, to] = [this.slots(x).flat(), this.slots(out).flat()];
    for (const [i, slot] of to.entries()) this.degrees.equal(slot, from[i], ratio);
  }

  private total(slots: Slots, ...terms: readonly [Slots | null, number][]): void {
    for (const [i, slot] of slots.entries()) {
      const present = terms.flatMap(([operand, factor]) =>
        operand && operand.length > 0 ? [{ unknown: operand[i], factor }] : [],
      );
      this.degrees.sum([{ unknown: slot, factor: -1 }, ...present]);
    }
  }

  private cancel(a: Slots, b: Slots): void {
    // A constant operand has no unknowns: what it meets is summed as it is.
    if (a.length === 0 || b.length === 0) this.nothing([...a, ...b]);
    else for (const [i, slot] of a.entries()) this.degrees.equal(slot, b[i], -1);
  }

  private same(a: Slots, b: Slots): void {
    if (a.length === b.length) for (const [i, slot] of a.entries()) this.degrees.equal(slot, b[i]);
    else this.nothing([...a, ...b]);
  }

  private nothing(slots: Slots): void {
    for (const slot of slots) this.degrees.zero(slot);
  }

  /** How many factors of an axis the groups of a convolution take. */
  private countTo(value: Value, axis: number, size: number): number {
    const sizes = leaves(this.axes.of(value)[axis]).map((leaf) => leaf.size);
    return sizes.findIndex((_, i) => sizeOf(sizes.slice(0, i)) === size);
  }

  private unknowns(axis: UnitAxis): Slots {
    return leaves(axis).map((leaf: Factor) => {
      const unknown = this.degrees.add(1);
      if (leaf.fixed) this.degrees.zero(unknown);
      return unknown;
    });
  }
}
