import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { isOp } from '../graph/graph';
import { sizeOf } from '../graph/tensor';

/*
 * The runtime's blocked layout: B channels lie side by side in memory, then places, then the next B channels.
 */

/**
 * The blocks behind a tensor […, C, H, W] in the plain layout, as [samples, C', H, W], if it came from blocks. Its samples,
 * or its channels in whole blocks, may have been split or joined, because this does not change the memory.
 */
export function blocksOf(g: GraphBuilder, x: Value, blockChannels: number | null): Value | null {
  const source = isOp(x, 'Reshape') ? (x.node as Node).inputs[0] : x;
  if (blockChannels === null || !isOp(source, 'Unblock')) return null;
  const blocks = (source.node as Node).inputs[0];
  if (source === x) return blocks;
  const [from, to] = [source.shape, x.shape];
  const [before, channels] = [from[1], to.at(-3)];
  if (to.length < 4 || channels === undefined || String(from.slice(-2)) !== String(to.slice(-2))) return null;
  if (channels === before) return blocks;
  const [less, more] = [Math.min(before, channels), Math.max(before, channels)];
  if (less % blockChannels !== 0 || more % less !== 0) return null;
  return g.reshape(blocks, [sizeOf(to.slice(0, -3)), channels, ...to.slice(-2)]);
}

/** x […,C,H,W] from blocks of B channels → the memory of the blocks, [samples, ⌈C/B⌉, H·W, B]; null for any other. */
export function partsOf(g: GraphBuilder, x: Value, blockChannels: number | null): Value | null {
  const blocks = blocksOf(g, x, blockChannels);
  if (!blocks || blockChannels === null) return null;
  const [samples, channels, ...places] = blocks.shape;
  return g.reshape(blocks, [samples, channels / blockChannels, sizeOf(places), blockChannels]);
}

/** The inverse of `blocksOf`. */
export const unblocked = (g: GraphBuilder, blocks: Value, shape: readonly number[]) =>
  g.reshape(g.apply('Unblock', [blocks], { channels: shape.at(-3)! }), shape);

/** […,C,H,W] → [samples, C', H, W] in blocks, unchanged if it comes from blocks. The reordering kernel reads channels in groups of four. */
export function toBlocks(g: GraphBuilder, x: Value, blockChannels: number): Value {
  const known = blocksOf(g, x, blockChannels);
  if (known) return known;
  const [channels, ...places] = x.shape.slice(-3);
  const plain = g.reshape(x, [sizeOf(x.shape.slice(0, -3)), channels, ...places]);
  return g.apply('Block', [g.pad(plain, [0, 0, 0, 0], [0, -channels & 3, 0, 0])], { blockChannels });
}

/** Whether at most half of the channels in blocks are padding. */
export const isFilled = (blocks: Value, channels: number) => blocks.shape[1] <= 2 * channels;
