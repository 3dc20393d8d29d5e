import { Engine } from '../../src/engine/engine';
import { GraphBuilder } from '../../src/graph/builder';
import type { Tensor } from '../../src/graph/tensor';

/** Matrix size: large enough for the runtime to reach the processor's full speed, small enough for half a second. */
const SIZE = 1024;
const REPEATS = 7;

/**
 * Rate of square float32 matrix products on the CPU in GFLOP/s, the best of a few. Every kernel is compared with this
 * limit. It is measured again for each network, because other work on the machine slows both.
 */
export async function matrixProductRate(threads: number): Promise<number> {
  const engine = new Engine({ provider: 'cpu', threads });
  const g = new GraphBuilder();
  const [a, b] = [g.input('a', 'float32', [SIZE, SIZE]), g.input('b', 'float32', [SIZE, SIZE])];
  const y = g.sum(g.matmul(a, b));
  const program = await engine.compile(g, { inputs: { a, b }, outputs: { y }, constants: new Map() });
  const operand = (phase: number): Tensor => ({
    dtype: 'float32',
    shape: [SIZE, SIZE],
    data: Float32Array.from({ length: SIZE * SIZE }, (_, i) => Math.sin(i * 0.37 + phase)),
  });
  const feeds = { a: operand(0), b: operand(1) };
  let best = Infinity;
  for (let i = 0; i < REPEATS; i++) {
    const start = performance.now();
    await program.run(feeds);
    best = Math.min(best, performance.now() - start);
  }
  await engine.dispose();
  return (2 * SIZE ** 3) / best / 1e6;
}
