import { GraphBuilder } from '../graph/builder';
import { emit } from '../backend/emit';
import { blockedConv } from '../backend/blocked';
import type { Tensor } from '../graph/tensor';
import { sizeOf } from '../graph/tensor';
import { RuntimeSession } from './runtime';

/** Block sizes of the runtime's kernels: AVX-512, then AVX2 and NEON. */
const CANDIDATES = [16, 8];
/** A multiple of every candidate. */
const CHANNELS = 32;
/** A larger difference than float32 roundings of some hundred terms means that the channels are in another order. */
const ALLOWED_ERROR = 1e-4;

let found: Promise<number | null> | null = null;

/**
 * Channels per block of the runtime's blocked convolutions on this machine, or null if it has none. The runtime does not
 * report it. This function computes a convolution for each candidate and compares it with the plain one, once per
 * process, in some milliseconds.
 */
export function blockSize(): Promise<number | null> {
  found ??= probe();
  return found;
}

async function probe(): Promise<number | null> {
  for (const blockChannels of CANDIDATES) if (await givesPlainNumbers(blockChannels)) return blockChannels;
  return null;
}

async function givesPlainNumbers(blockChannels: number): Promise<boolean> {
  const g = new GraphBuilder();
  const shapes = { x: [1, CHANNELS, 3, 3], w: [CHANNELS, CHANNELS, 3, 3] };
  const [x, w] = [g.input('x', 'float32', shapes.x), g.input('w', 'float32', shapes.w)];
  const attributes = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 };
  const outputs = { plain: g.conv(x, w, attributes), blocked: blockedConv(g, x, w, attributes, blockChannels) };
  const wave = (shape: number[]): Tensor => ({
    dtype: 'float32',
    shape,
    data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * 0.37)),
  });
  try {
    const session = await RuntimeSession.open(emit(g, { x, w }, outputs, new Map()), {
      provider: 'cpu',
      threads: 1,
    });
    const { plain, blocked } = await session.run({ x: wave(shapes.x), w: wave(shapes.w) });
    await session.release();
    const [expected, actual] = [plain.data as Float32Array, blocked.data as Float32Array];
    const scale = expected.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
    return expected.every((v, i) => Math.abs(v - actual[i]) <= ALLOWED_ERROR * scale);
  } catch {
    // A runtime without these operators, or with other blocks, refuses the graph. Ridgeline then uses none.
    return false;
  }
}
