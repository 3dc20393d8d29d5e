import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TensorProto_DataLocation } from '../../src/onnx/onnx_pb';
import { FLOAT, node, onnxBytes, port } from '../unit/onnxBytes';
import { runMeasured } from '../zoo/measured';
import { cli } from './commandLine';

const WIDTH = 4096;
const LAYERS = 60;
const LAYER_BYTES = 4 * WIDTH * WIDTH;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-large-'));
  await writeFile(join(folder, 'model.onnx'), billionParameters());
  await sparseWeights(join(folder, 'weights.bin'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Sixty layers x ← relu(x·W). The 1.007 billion parameters lie in a file beside the model, as PyTorch writes them. */
function billionParameters(): Uint8Array {
  const layers = Array.from({ length: LAYERS }, (_, i) => i);
  const of = (i: number) => (i === 0 ? 'x' : `h${i}`);
  return onnxBytes({
    name: 'large',
    node: layers.flatMap((i) => [
      node('MatMul', [of(i), `layers.${i}.weight`], [`z${i}`]),
      node('Relu', [`z${i}`], [i === LAYERS - 1 ? 'y' : of(i + 1)]),
    ]),
    initializer: layers.map((i) => ({
      name: `layers.${i}.weight`,
      dims: [BigInt(WIDTH), BigInt(WIDTH)],
      dataType: FLOAT,
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: Object.entries({ location: 'weights.bin', offset: i * LAYER_BYTES, length: LAYER_BYTES }).map(
        ([key, value]) => ({ key, value: String(value) }),
      ),
    })),
    input: [port('x', ['batch', WIDTH])],
    output: [port('y', ['batch', WIDTH])],
  });
}

/** Writes a sparse file of 4 GiB. The disk holds one page per layer, whose first number differs from the others'. */
async function sparseWeights(path: string): Promise<void> {
  const file = await open(path, 'w');
  await file.truncate(LAYERS * LAYER_BYTES);
  for (let i = 0; i < LAYERS; i++) await file.write(Float32Array.of(0.01 * (i + 2)), 0, 4, i * LAYER_BYTES);
  await file.close();
}

test('inspect reads a model of a billion parameters without loading them, and estimates its memory', async () => {
  const { code, stdout, stderr, peak } = await runMeasured(cli, ['inspect', join(folder, 'model.onnx')]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toContain('1,006,632,960 parameters (3.8 GiB)');
  expect(stdout).toMatch(/up to about \d+(\.\d)? GiB of \d+(\.\d)? GiB/);
  // The peak is in GiB, and the weights alone take 3.75.
  expect(peak).toBeLessThan(0.5);
});
