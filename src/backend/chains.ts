import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { isOp, splatOf } from '../graph/graph';
import type { BlockedConvAttributes, Op } from '../graph/ops';
import { ARITHMETIC, UNARY } from '../graph/ops';
import { sizeOf, tensor } from '../graph/tensor';
import { blocksOf, isFilled, toBlocks, unblocked } from './blocks';
import type { Expansion, Surroundings } from './form';

/*
 * Values between blocked convolutions stay in blocks. A bias, the result of another convolution to add, and a rectifier
 * become part of the convolution itself, which adds and clips while it writes. Other elementwise operators run directly on
 * the blocks if no channel is padding. On one thread, [100,16,14,14]: a sum costs 0.02 ms inside the convolution and 0.11
 * outside, and each conversion between the layouts costs 0.06. Small operators also waste the second thread.
 */

/**
 * The blocked convolution behind a value that nothing else reads, if it has no rectifier yet. The samples or channels of
 * its result may be split.
 */
function openConvolution(
  g: GraphBuilder,
  x: Value,
  original: Value,
  { alone, blockChannels }: Surroundings,
): OpenConvolution | null {
  const read = isOp(original, 'Reshape') ? [original, (original.node as Node).inputs[0]] : [original];
  const blocks = read.every(alone) ? blocksOf(g, x, blockChannels) : null;
  return blocks ? openIn(blocks) : null;
}

type OpenConvolution = Value & { node: Node<'BlockedConv'> };

/** The convolution that computes these blocks, in this or another shape. */
function openIn(blocks: Value): OpenConvolution | null {
  const source = isOp(blocks, 'Reshape') ? (blocks.node as Node).inputs[0] : blocks;
  return isOp(source, 'BlockedConv') && !source.node.attributes.rectified ? source : null;
}

/** a + b, inside a convolution if one of them is one. */
const add: Expansion<'Add'> = (g, inputs, node, surroundings) => {
  for (const i of [0, 1]) {
    const [y, other] = [inputs[i], inputs[1 - i]];
    const conv = openConvolution(g, y, node.inputs[i], surroundings);
    // A value that is computed once must not be recomputed in each run because of what is added to it.
    if (!conv || (surroundings.moving(other) && !surroundings.moving(y))) continue;
    const sum = withBias(g, conv, other, surroundings) ?? withAddend(g, conv, other, y, surroundings);
    if (!sum) continue;
    if (surroundings.alone(node.inputs[1 - i])) sum.added.forEach((value) => surroundings.owned.add(value));
    return unblocked(g, inShapeOf(g, sum.conv, y, surroundings), y.shape);
  }
  return onBlocks(g, inputs, node, surroundings);
};

/** Blocks of a convolution in the shape that they have behind y. */
function inShapeOf(g: GraphBuilder, blocks: Value, y: Value, { blockChannels }: Surroundings): Value {
  return g.reshape(blocks, blocksOf(g, y, blockChannels)!.shape);
}

/** A convolution with an addend, and the values that became part of it. */
interface Sum {
  conv: OpenConvolution;
  added: readonly Value[];
}

/** The same convolution with other operands. */
const rebuilt = (g: GraphBuilder, { node }: OpenConvolution, inputs: readonly Value[]) =>
  g.apply('BlockedConv', inputs, node.attributes) as OpenConvolution;

/** A convolution whose result is only read to be added to another. */
function ownSum({ node }: OpenConvolution, { owned }: Surroundings): OpenConvolution | null {
  const sum = node.inputs[3] as Value | undefined;
  const conv = sum ? openIn(sum) : null;
  return sum && conv && (owned.has(sum) || owned.has(conv)) ? conv : null;
}

/**
 * Gives a number for each channel, [1,M,1,1], or for each channel of each of K runs, [1,K,M,1,1], as a bias to the first
 * convolution of a sum that has so many channels and no bias yet.
 */
function withBias(g: GraphBuilder, conv: OpenConvolution, bias: Value, surroundings: Surroundings): Sum | null {
  const [x, w, known, sum] = conv.node.inputs;
  const { channels } = conv.node.attributes;
  const perChannel = bias.shape.length >= 3 && bias.shape.slice(-2).every((dim) => dim === 1);
  if (!perChannel) return null;
  const fits = sizeOf(bias.shape) === channels && (bias.shape.at(-3) === channels || bias.shape.length === 5);
  if (fits && (!known || splatOf(known) === 0)) {
    return biased(g, conv, g.reshape(bias, [channels]), w.shape[0] - channels);
  }
  const inner = ownSum(conv, surroundings);
  const given = inner && withBias(g, inner, bias, surroundings);
  return given && replacedSum(g, conv, [x, w, known, sum], given, surroundings);
}

function biased(g: GraphBuilder, conv: OpenConvolution, bias: Value, padding: number): Sum {
  const [x, w, , sum] = conv.node.inputs;
  const padded = g.pad(bias, [0], [padding]);
  return { conv: rebuilt(g, conv, sum ? [x, w, padded, sum] : [x, w, padded]), added: [] };
}

function replacedSum(
  g: GraphBuilder,
  conv: OpenConvolution,
  [x, w, bias, sum]: readonly Value[],
  { conv: inner, added }: Sum,
  { owned }: Surroundings,
): Sum {
  const reshaped = g.reshape(inner, sum.shape);
  owned.add(reshaped);
  return { conv: rebuilt(g, conv, [x, w, bias, reshaped]), added };
}

/** Adds a tensor of the shape of y while the convolution writes, or while the convolution writes that is already added there. */
function withAddend(
  g: GraphBuilder,
  conv: OpenConvolution,
  addend: Value,
  y: Value,
  surroundings: Surroundings,
): Sum | null {
  const [x, w, bias, sum] = conv.node.inputs;
  if (sum) {
    const inner = ownSum(conv, surroundings);
    const given = inner && withAddend(g, inner, addend, y, surroundings);
    return given && replacedSum(g, conv, conv.node.inputs, given, surroundings);
  }
  const blocks = addendInBlocks(g, addend, y, surroundings);
  if (!blocks || sizeOf(blocks.shape) !== sizeOf(conv.shape)) return null;
  const zero = () => g.constant(tensor('float32', [w.shape[0]], new Float32Array(w.shape[0])));
  const added = g.reshape(blocks, conv.shape);
  return { conv: rebuilt(g, conv, [x, w, bias ?? zero(), added]), added: [added] };
}

/** A tensor of the shape of y in blocks, unless most of them would be padding. */
function addendInBlocks(g: GraphBuilder, x: Value, y: Value, { blockChannels }: Surroundings): Value | null {
  if (String(x.shape) !== String(y.shape)) return null;
  const blocks = toBlocks(g, x, blockChannels!);
  return isFilled(blocks, y.shape.at(-3)!) ? blocks : null;
}

/** max(x, 0), inside a convolution if x is one. */
const relu: Expansion<'Relu'> = (g, inputs, node, surroundings) => {
  const [x] = inputs;
  const conv = openConvolution(g, x, node.inputs[0], surroundings);
  if (!conv) return onBlocks(g, inputs, node, surroundings);
  const attributes: BlockedConvAttributes = { ...conv.node.attributes, rectified: true };
  const rectified = g.apply('BlockedConv', conv.node.inputs, attributes);
  return unblocked(g, inShapeOf(g, rectified, x, surroundings), x.shape);
};

/** Operators that leave the zeros of padding zero. */
const ZERO_PRESERVING: ReadonlySet<Op> = new Set<Op>([
  'Add',
  'Sub',
  'Mul',
  'Neg',
  'Relu',
  'Abs',
  'Tanh',
  'Erf',
  'Sign',
]);

/**
 * Runs an elementwise operator on operands in blocks of which at most half is padding. Operands that are computed once are
 * brought to blocks. If an operand would have to be brought there in each run, the operator stays in the plain layout.
 */
function onBlocks(
  g: GraphBuilder,
  inputs: readonly Value[],
  node: Node,
  { moving, blockChannels }: Surroundings,
): Value | null {
  const { shape, dtype } = node.outputs[0];
  if (blockChannels === null || dtype !== 'float32' || shape.length < 4) return null;
  const places = String(shape.slice(-3));
  const padded = shape.at(-3)! % blockChannels !== 0;
  const known = inputs.map((x) => (String(x.shape) === String(shape) ? blocksOf(g, x, blockChannels) : null));
  const [blocked] = known.filter((blocks) => blocks !== null);
  if (!blocked || !isFilled(blocked, shape.at(-3)!) || (padded && !ZERO_PRESERVING.has(node.op))) return null;
  const lead = shape.slice(0, -3);
  const operands = inputs.map((x, i) => {
    const blocks = known[i];
    if (blocks) return g.reshape(blocks, [...lead, ...blocks.shape.slice(1)]);
    if (sizeOf(x.shape) === 1) return padded && node.op !== 'Mul' ? null : x;
    if (moving(x) || x.dtype !== 'float32' || String(x.shape.slice(-3)) !== places) return null;
    const brought = toBlocks(g, x, blockChannels);
    return g.reshape(brought, [...x.shape.slice(0, -3), ...brought.shape.slice(1)]);
  });
  if (!operands.every((x) => x !== null)) return null;
  const result = g.apply(node.op, operands, node.attributes);
  return unblocked(g, g.reshape(result, [sizeOf(lead), ...result.shape.slice(-3)]), shape);
}

/** Elementwise operators as parts of a chain of blocked convolutions. */
export const chains: { [O in Op]?: Expansion<O> } = {
  ...Object.fromEntries([...UNARY, ...ARITHMETIC].map((op): [Op, Expansion<Op>] => [op, onBlocks])),
  Add: add,
  Relu: relu,
};
