import type { GraphBuilder } from '../builder';
import type { Node, Value } from '../graph';
import { isOp, splatOf } from '../graph';
import type { BlockedConvAttributes, Op, UnaryOp } from '../ops';
import { ARITHMETIC, UNARY } from '../ops';
import { sizeOf, tensor } from '../tensor';
import type { Expansion, Surroundings } from './legalize';

/*
 * What lies between blocked convolutions stays in blocks. A bias, another convolution's result to be added and a rectifier
 * become part of the convolution itself, which adds and cuts off while it writes; other elementwise operators run on the
 * blocks as they are, wherever no channel is padding. On one thread, [100,16,14,14]: a sum inside the convolution costs
 * 0.02 ms, apart from it 0.11, and each way between the layouts 0.06; with small operators the second thread is lost too.
 */

/** The blocks behind a tensor in the plain layout, if it came from blocks. */
export const blocksOf = (x: Value): Value | null => (isOp(x, 'Unblock') ? (x.node as Node).inputs[0] : null);

/** x [N,C,…] from blocks of B channels → what lies in memory there, [N, ⌈C/B⌉, places, B]; null for any other. */
export function partsOf(g: GraphBuilder, x: Value, block: number | null): Value | null {
  const blocks = blocksOf(x);
  const [samples, , ...places] = x.shape;
  if (!blocks || block === null) return null;
  return g.reshape(blocks, [samples, blocks.shape[1] / block, sizeOf(places), block]);
}

const unblocked = (g: GraphBuilder, blocks: Value, channels: number) => g.apply('Unblock', [blocks], { channels });

/** The blocked convolution behind a value that nothing else reads, if no rectifier has cut it off yet. */
function openConvolution(x: Value, original: Value, { alone }: Surroundings): OpenConvolution | null {
  const blocks = alone(original) ? blocksOf(x) : null;
  return blocks && isOpen(blocks) ? blocks : null;
}

type OpenConvolution = Value & { node: Node<'BlockedConv'> };

const isOpen = (blocks: Value): blocks is OpenConvolution =>
  isOp(blocks, 'BlockedConv') && !blocks.node.attributes.rectified;

/** a + b, inside a convolution if one of them is one. */
const add: Expansion<'Add'> = (g, inputs, node, surroundings) => {
  for (const i of [0, 1]) {
    const [y, other] = [inputs[i], inputs[1 - i]];
    const conv = openConvolution(y, node.inputs[i], surroundings);
    // What is computed once must not be computed again in each run for the sake of what is added to it.
    if (!conv || (surroundings.moving(other) && !surroundings.moving(y))) continue;
    const channels = y.shape[1];
    const biased = withBias(g, conv, other, channels);
    if (biased) return unblocked(g, biased, channels);
    const addend = addendInBlocks(g, other, y, surroundings);
    const sum = addend && withAddend(g, conv, addend, surroundings);
    if (!sum) continue;
    if (surroundings.alone(node.inputs[1 - i])) surroundings.owned.add(addend);
    return unblocked(g, sum, channels);
  }
  return onBlocks(g, inputs, node, surroundings);
};

/** The bias of each channel, [1,M,1,1], given to a convolution that has none. */
function withBias(g: GraphBuilder, { node }: OpenConvolution, bias: Value, channels: number): Value | null {
  const [x, w, known, sum] = node.inputs;
  const perChannel = bias.shape.length >= 3 && sizeOf(bias.shape) === channels && bias.shape.at(-3) === channels;
  if (!perChannel || (known && splatOf(known) !== 0)) return null;
  const padded = g.pad(g.reshape(bias, [channels]), [0], [w.shape[0] - channels]);
  return g.apply('BlockedConv', sum ? [x, w, padded, sum] : [x, w, padded], node.attributes);
}

/** A tensor of the shape of y in blocks, unless most of them would be padding. */
function addendInBlocks(g: GraphBuilder, x: Value, y: Value, { block }: Surroundings): Value | null {
  if (String(x.shape) !== String(y.shape)) return null;
  const blocks = blocksOf(x) ?? g.apply('Block', [x], { block: block! });
  return isFilled(blocks, y.shape[1]) ? blocks : null;
}

/** Whether half of the channels in blocks at most are padding. */
const isFilled = (blocks: Value, channels: number) => blocks.shape[1] <= 2 * channels;

/** Blocks added as a convolution writes, or as the one writes whose result is added there already. */
function withAddend(g: GraphBuilder, conv: OpenConvolution, addend: Value, surroundings: Surroundings): Value | null {
  const [x, w, bias, sum] = conv.node.inputs;
  if (sum && !(isOpen(sum) && surroundings.owned.has(sum))) return null;
  const added = sum ? withAddend(g, sum as OpenConvolution, addend, surroundings) : addend;
  if (!added) return null;
  if (sum) surroundings.owned.add(added);
  const zero = () => g.constant(tensor('float32', [w.shape[0]], new Float32Array(w.shape[0])));
  return g.apply('BlockedConv', [x, w, bias ?? zero(), added], conv.node.attributes);
}

/** max(x, 0), inside a convolution if x is one. */
const relu: Expansion<'Relu'> = (g, inputs, node, surroundings) => {
  const conv = openConvolution(inputs[0], node.inputs[0], surroundings);
  if (!conv) return onBlocks(g, inputs, node, surroundings);
  const attributes: BlockedConvAttributes = { ...conv.node.attributes, rectified: true };
  return unblocked(g, g.apply('BlockedConv', conv.node.inputs, attributes), inputs[0].shape[1]);
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
 * An elementwise operator on operands that are in blocks, half of which at most is padding. Operands that are computed
 * once are brought there; those that would have to be brought there in each run are a reason to leave.
 */
function onBlocks(
  g: GraphBuilder,
  inputs: readonly Value[],
  node: Node,
  { moving, block }: Surroundings,
): Value | null {
  const { shape, dtype } = node.outputs[0];
  const [blocked] = inputs.flatMap((x) => blocksOf(x) ?? []);
  if (!blocked || block === null || dtype !== 'float32' || !isFilled(blocked, shape[1])) return null;
  const padded = blocked.shape[1] > shape[1];
  if (padded && !ZERO_PRESERVING.has(node.op)) return null;
  const operands = inputs.map((x) => {
    if (sizeOf(x.shape) === 1) return padded && node.op !== 'Mul' ? null : x;
    if (String(x.shape) !== String(shape) || x.dtype !== 'float32') return null;
    return blocksOf(x) ?? (moving(x) ? null : g.apply('Block', [x], { block }));
  });
  if (!operands.every((x) => x !== null)) return null;
  return unblocked(g, g.apply(node.op, operands, node.attributes), shape[1]);
}

const ELEMENTWISE: readonly Op[] = [...UNARY, ...ARITHMETIC] satisfies (UnaryOp | Op)[];

/** Elementwise operators as parts of a chain of blocked convolutions. */
export const chains: { [O in Op]?: Expansion<O> } = {
  ...Object.fromEntries(
    ELEMENTWISE.map((op): [Op, Expansion<Op>] => [
      op,
      (g, inputs, node, surroundings) => onBlocks(g, inputs, node, surroundings),
    ]),
  ),
  Add: add,
  Relu: relu,
};
