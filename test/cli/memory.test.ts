import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gaussianVector, random } from '../../src/numerics/random';
import type { Report } from '../../src/report/report';
import { FLOAT, node, onnxBytes, port } from '../unit/onnxBytes';
import { runMeasured } from '../zoo/measured';
import { cli } from './commandLine';

const WIDTHS = [256, 1500, 1500, 10];
/** Memory in GiB, little more than this model needs at least. The analysis must not group work that does not fit. */
const GIVEN = 0.8;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-memory-'));
  await writeFile(join(folder, 'model.onnx'), perceptron());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Layers x ← relu(x·W) with variance 2/inputs: 2.65 million weights, so that a vector takes 10 MiB. */
function perceptron(): Uint8Array {
  const layers = WIDTHS.slice(1).map((width, i) => ({ from: WIDTHS[i], width, name: `w${i}` }));
  return onnxBytes({
    name: 'perceptron',
    node: layers.flatMap(({ name }, i) => {
      const input = i === 0 ? 'x' : `h${i}`;
      if (i === layers.length - 1) return [node('MatMul', [input, name], ['y'])];
      return [node('MatMul', [input, name], [`z${i}`]), node('Relu', [`z${i}`], [`h${i + 1}`])];
    }),
    initializer: layers.map(({ from, width, name }) => ({
      name,
      dims: [BigInt(from), BigInt(width)],
      dataType: FLOAT,
      floatData: [...gaussianVector(from * width, random(0, name)).map((x) => x * Math.sqrt(2 / from))],
    })),
    input: [port('x', ['batch', WIDTHS[0]])],
    output: [port('y', ['batch', WIDTHS[WIDTHS.length - 1]])],
  });
}

test('an analysis takes no more memory than it was given', async () => {
  const [model, output] = [join(folder, 'model.onnx'), join(folder, 'report.json')];
  const options = ['--data', 'generated', '--samples', '32', '--preset', 'quick', '--lanczos-steps', '8'];
  const pictures = ['--line', 'random:-1:1:5', '--plane', 'random,random:-1:1:5'];
  const kept = ['--memory', String(GIVEN), '--provider', 'cpu', '--output', output, '--cache', folder];
  const { code, stderr, peak } = await runMeasured(cli, ['analyze', model, ...options, ...pictures, ...kept]);
  expect(code, stderr).toBe(0);
  const { complete, spectrum } = JSON.parse(await readFile(output, 'utf8')) as Report;
  expect(complete).toBe(true);
  expect(spectrum?.ggn?.top.length).toBeGreaterThan(0);
  expect(peak).toBeLessThan(GIVEN);
});
