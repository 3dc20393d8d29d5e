import type { GraphBuilder } from '../../graph/builder';
import type { Node, Value } from '../../graph/graph';
import { nodesOf } from '../../graph/graph';
import type { Op } from '../../graph/ops';
import { ARITHMETIC, COPIES_AND_SUMS, UNARY } from '../../graph/ops';
import { again } from '../../graph/replay';
import { withDerivative } from './movement';
import type { Pole } from './poles';
import { slopePolesOf } from './poles';
import { Ranges } from './range';
import { rebuilt, unchanged } from './rebuilt';

/**
 * Separates operators with infinite slopes into constant and moving elements. An operand may be constant at a pole of
 * its operator: √max(x, 0) is 0 for every x < 0, and acos of a number clipped to 1 stays 0. The slope there is 0, not
 * the 0 · ∞ of the chain rule. The rewrite therefore applies the operator separately to still and to moving elements:
 *   √z → Where(z is still, √ẑ, √Where(z is still, 1, z)).
 * Here ẑ consists of the constants of z. An element is still if it is a constant that a choice takes, a product with a
 * zero that has no derivative, or computed from such elements alone.
 */
export function withStill(g: GraphBuilder, outputs: readonly Value[], wrt: readonly Value[]): (value: Value) => Value {
  const moves = withDerivative(outputs, wrt);
  const ranges = new Ranges(new Set(wrt));
  const nodes = nodesOf(outputs, new Set(wrt)).filter((node) => node.outputs.some(moves));
  const poles = new Map<Node, Pole>();
  for (const node of nodes) {
    const [pole] = slopePolesOf(node, (value) => ranges.of(value));
    if (pole && node.inputs.every((input, i) => i === pole.input || !moves(input))) poles.set(node, pole);
  }
  if (poles.size === 0) return (value) => value;
  const partOf = parting(g, moves);
  return rebuilt(g, nodes, (node, inputs) => {
    const pole = poles.get(node);
    const operand = pole && node.inputs[pole.input];
    const part = operand ? partOf(operand) : null;
    if (!pole || !operand || !part) return unchanged(node, inputs) ? node.outputs : again(g, node, inputs);
    const still = g.less(part.movement, g.like(part.movement, 0.5));
    const put = (value: Value) => inputs.map((input, i) => (i === pole.input ? value : input));
    const [constant] = again(g, node, put(g.expand(part.image, operand.shape)));
    const [moved] = again(g, node, put(g.where(still, g.like(operand, pole.safe), inputs[pole.input])));
    return [g.where(still, constant, moved)];
  });
}

/** Describes the still elements of a value, which do not change with the parameters. */
interface Part {
  /** Is float32: at least 1 where an element may change with the parameters, else 0. It broadcasts to the value. */
  movement: Value;
  /** Values of the still elements, and any finite number elsewhere. It has no derivative. */
  image: Value;
}

/** Finds the still elements of a value. Returns null if every element may change. */
type PartOf = (value: Value) => Part | null;

/** Largest number of operators between a pole and a choice below it. */
const DEEPEST = 64;

/**
 * Creates a function that finds still elements.
 * @param sums whether to look through a matrix product, at most one on a path: each costs as much as the product
 */
function parting(g: GraphBuilder, moves: (value: Value) => boolean, sums = true): PartOf {
  const known = new Map<Value, Part | null>();
  const inner = sums ? parting(g, moves, false) : null;
  let depth = 0;
  const ofNode = (node: Node): Part | null => {
    const isSum = SUMS_OF_PRODUCTS.has(node.op);
    if (depth > DEEPEST || (isSum && !inner)) return null;
    depth += 1;
    const part = g.from(node.origin, () => parts[node.op]?.(g, node, isSum ? inner! : partOf) ?? null);
    depth -= 1;
    return part;
  };
  const partOf = (value: Value): Part | null => {
    const found = known.get(value);
    if (found !== undefined) return found;
    const still = { movement: g.scalar('float32', 0), image: value };
    const part = moves(value) ? value.node && ofNode(value.node) : still;
    known.set(value, part);
    return part;
  };
  return partOf;
}

const SUMS_OF_PRODUCTS: ReadonlySet<Op> = new Set<Op>(['MatMul', 'Conv']);

const unknown = (g: GraphBuilder, x: Value): Part => ({ movement: g.scalar('float32', 1), image: g.like(x, 1) });
const either = (g: GraphBuilder, a: Value, b: Value) => g.max(a, b);
const whole = (g: GraphBuilder, part: Part, { shape }: Value): Part => ({
  movement: g.expand(part.movement, shape),
  image: g.expand(part.image, shape),
});

type Parting = (g: GraphBuilder, node: Node, partOf: PartOf) => Part | null;

/** Combines the parts of two operands: the first where a condition holds, the second elsewhere. */
function chosen(
  g: GraphBuilder,
  condition: Value,
  [a, b]: readonly [Value, Value],
  [ofA, ofB]: readonly (Part | null)[],
): Part | null {
  if (!ofA && !ofB) return null;
  const [left, right] = [ofA ?? unknown(g, a), ofB ?? unknown(g, b)];
  return {
    movement: g.where(condition, left.movement, right.movement),
    image: g.where(condition, left.image, right.image),
  };
}

/** Finds the still elements of Max or Min. Where both operands are equal, both contribute to the slope. */
const ofTwo =
  (op: 'Greater' | 'Less'): Parting =>
  (g, { inputs: [a, b] }, partOf) => {
    const parts = [partOf(a), partOf(b)];
    const part = chosen(g, g.binary(op, a, b), [a, b], parts);
    if (!part) return null;
    const [left, right] = [parts[0] ?? unknown(g, a), parts[1] ?? unknown(g, b)];
    const tied = either(g, left.movement, right.movement);
    return { ...part, movement: g.where(g.equal(a, b), tied, part.movement) };
  };

/** Marks a result as still if it is computed from still elements alone. */
const elementwise: Parting = (g, node, partOf) => {
  const found = node.inputs.map(partOf);
  if (!found.every((part) => part !== null)) return null;
  return {
    movement: found.map(({ movement }) => movement).reduce((a, b) => either(g, a, b)),
    image: again(
      g,
      node,
      found.map(({ image }) => image),
    )[0],
  };
};

/** Marks with 1 where an element may be nonzero. */
function nonzero(g: GraphBuilder, { movement, image }: Part): Value {
  const isZero = g.equal(image, g.like(image, 0));
  return either(g, movement, g.where(isZero, g.scalar('float32', 0), g.scalar('float32', 1)));
}

/** Finds the still elements of a product. A product with a still zero is zero, whatever the other factor does. */
const product =
  (multiply: (g: GraphBuilder, node: Node, a: Value, b: Value) => Value): Parting =>
  (g, node, partOf) => {
    const [a, b] = node.inputs;
    const [ofA, ofB] = [partOf(a), partOf(b)];
    if (!ofA && !ofB) return null;
    const [left, right] = [ofA ?? unknown(g, a), ofB ?? unknown(g, b)].map((part, i) =>
      node.op === 'Mul' ? part : whole(g, part, node.inputs[i]),
    );
    const moved = (x: Value, y: Value) => multiply(g, node, x, y);
    const movement = g.add(moved(left.movement, nonzero(g, right)), moved(nonzero(g, left), right.movement));
    return { movement, image: moved(left.image, right.image) };
  };

/** Finds the still elements of copies and sums. A sum is still if all its terms are. */
const moved: Parting = (g, node, partOf) => {
  const [x] = node.inputs;
  const values = node.op === 'Concat' ? node.inputs : [x];
  const found = values.map(partOf);
  if (!found.some((part) => part !== null)) return null;
  const full = found.map((part, i) => whole(g, part ?? unknown(g, values[i]), values[i]));
  const rest = node.inputs.slice(values.length);
  const attributes = node.op === 'Pad' ? { ...node.attributes, value: 0 } : node.attributes;
  const movement = g.apply(node.op, [...full.map((part) => part.movement), ...rest], attributes);
  const [image] = again(g, node, [...full.map((part) => part.image), ...rest]);
  return { movement, image };
};

const table = (ops: readonly Op[], parting: Parting) => Object.fromEntries(ops.map((op) => [op, parting]));

const parts: { [O in Op]?: Parting } = {
  ...table([...UNARY, ...ARITHMETIC, 'Cast'], elementwise),
  ...table([...COPIES_AND_SUMS, 'CumSum'], moved),
  Where: (g, { inputs: [condition, a, b] }, partOf) => chosen(g, condition, [a, b], [partOf(a), partOf(b)]),
  Relu(g, { inputs: [x] }, partOf) {
    const zero = g.like(x, 0);
    const none = { movement: g.scalar('float32', 0), image: zero };
    return chosen(g, g.greater(x, zero), [x, zero], [partOf(x), none]);
  },
  Max: ofTwo('Greater'),
  Min: ofTwo('Less'),
  Mul: product((g, _, a, b) => g.mul(a, b)),
  MatMul: product((g, _, a, b) => g.matmul(a, b)),
  Conv: product((g, node, a, b) => g.apply('Conv', [a, b], (node as Node<'Conv'>).attributes)),
};
