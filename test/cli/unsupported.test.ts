import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/report/report';
import { INT64, node, onnxBytes, port, weights } from '../unit/onnxBytes';
import { cli, runIn } from './commandLine';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-unsupported-'));
  await writeFile(join(folder, 'model.onnx'), withInverseInside());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * Two numbers → body → a 2 × 2 matrix → its inverse → head → three classes. The runtime computes the inverse, but it
 * has no derivative rule.
 */
function withInverseInside(): Uint8Array {
  const shape = (name: string, dims: bigint[]) =>
    weights(name, [dims.length], [], { dataType: INT64, rawData: new Uint8Array(BigInt64Array.from(dims).buffer) });
  return onnxBytes({
    name: 'inverse',
    node: [
      node('Gemm', ['x', 'body.fc.weight', 'body.fc.bias'], ['entries']),
      node('Reshape', ['entries', 'square'], ['matrices']),
      node('Inverse', ['matrices'], ['inverses'], { name: '/body/Inverse', domain: 'com.microsoft' }),
      node('Reshape', ['inverses', 'flat'], ['features']),
      node('Gemm', ['features', 'head.fc.weight', 'head.fc.bias'], ['y'], { name: '/head/Gemm' }),
    ],
    initializer: [
      weights('body.fc.weight', [2, 4], [0.1, 0.2, 0, 0.1, 0.1, 0, -0.1, 0.2]),
      weights('body.fc.bias', [4], [2, 0.1, 0, 1]),
      weights('head.fc.weight', [4, 3], [1, -2, 3, 4, 0.5, -1, 2, 0.1, 1, -3, 2, 1]),
      weights('head.fc.bias', [3], [0.1, 0, 0.2]),
      shape('square', [-1n, 2n, 2n]),
      shape('flat', [-1n, 4n]),
    ],
    input: [port('x')],
    output: [port('y', ['batch', 3])],
  });
}

const analysis = [
  '--data',
  'generated',
  '--provider',
  'cpu',
  '--threads',
  '1',
  '--preset',
  'quick',
  '--output',
  'r.json',
];
const report = async () => JSON.parse(await readFile(join(folder, 'r.json'), 'utf8')) as Report;

describe('a node without a derivative in the middle of a model', () => {
  test('inspect names it, and says why and what still works', async () => {
    const { code, stdout } = await runIn(folder, cli, ['inspect', 'model.onnx']);
    expect(code).toBe(0);
    expect(stdout).toContain('Inverse "/body/Inverse": the runtime can run it, but Ridgeline has no derivative for it');
    expect(stdout).toContain('Ridgeline can still measure the loss and random lines and planes');
    expect(stdout).toContain('--parameters "head.*" (2 of 4 tensors, 15 parameters)');
  });

  test('analyze reports it before it measures, and draws what needs no derivative', async () => {
    const { code, stderr } = await runIn(folder, cli, ['analyze', 'model.onnx', ...analysis]);
    expect(code).toBe(0);
    const [told, measured] = [stderr.indexOf('No derivative for Inverse "/body/Inverse"'), stderr.search(/% {2}Loss/)];
    expect(told).toBeGreaterThanOrEqual(0);
    if (measured >= 0) expect(told).toBeLessThan(measured);
    expect(stderr).toContain('--parameters "head.*"');
    const { lines, planes, gradient, warnings } = await report();
    expect([lines.length, planes.length, gradient]).toEqual([1, 1, undefined]);
    expect(warnings.join(' ')).toContain('--parameters "head.*"');
  });

  test('freezing the proposed layers restores everything else', async () => {
    const { code } = await runIn(folder, cli, ['analyze', 'model.onnx', ...analysis, '--parameters', 'head.*']);
    expect(code).toBe(0);
    const { model, spectrum, gradient } = await report();
    expect(model.parameters.map(({ name }) => name)).toEqual(['head.fc.weight', 'head.fc.bias']);
    expect(gradient?.norm).toBeGreaterThan(0);
    expect(spectrum?.hessian?.top[0]?.value).toBeGreaterThan(0);
    const checked = ['verify', 'model.onnx', '--data', 'generated', '--provider', 'cpu', '--parameters', 'head.*'];
    expect((await runIn(folder, cli, checked)).code).toBe(0);
  });
});
