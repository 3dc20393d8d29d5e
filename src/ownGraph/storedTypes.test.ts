import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { node, onnxBytes } from '../../test/unit/onnxBytes';
import { floats } from '../../test/unit/sourceGraph';
import { npzFile } from '../data/testing/npyFile';
import { openObjective } from '../objective/open/openObjective';
import { resolveOptions } from '../options/presets';
import type { NumericsFound } from './numericsFound';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-stored-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** ONNX TensorProto.DataType, and the bits of 1. */
const FLOAT16 = { type: 10, one: 0x3c00 };
const BFLOAT16 = { type: 16, one: 0x3f80 };

function port(name: string, elemType: number) {
  const dims = [{ case: 'dimParam' as const, value: 'batch' }, { case: 'dimValue' as const, value: 2n }] as const; // prettier-ignore
  const shape = { dim: dims.map((value) => ({ value })) };
  return { name, type: { value: { case: 'tensorType' as const, value: { elemType, shape } } } };
}

/** y = (x·w + c)², every value in one type, w and c stored as an initializer and as a Constant node. */
async function examined({ type, one }: typeof FLOAT16): Promise<NumericsFound> {
  const ones = { dims: [2n], dataType: type, rawData: new Uint8Array(Uint16Array.of(one, one).buffer) };
  const bytes = onnxBytes({
    name: 'narrow',
    node: [
      node('Constant', [], ['c'], { name: 'c', attribute: [{ name: 'value', type: 4, t: { ...ones, name: 'c' } }] }),
      node('Mul', ['x', 'w'], ['z'], { name: 'product' }),
      node('Add', ['z', 'c'], ['s'], { name: 'sum' }),
      node('Mul', ['s', 's'], ['y'], { name: 'square' }),
    ],
    initializer: [{ ...ones, name: 'w' }],
    input: [port('x', type)],
    output: [port('y', type)],
  });
  const [model, data] = [join(folder, 'model.onnx'), join(folder, 'data.npz')];
  await writeFile(model, bytes);
  await writeFile(data, npzFile({ x: floats([1, 2, 299, 3], [2, 2]), target: floats([1, 1, 1, 1], [2, 2]) }));
  const opened = await openObjective(model, resolveOptions({ provider: 'cpu', threads: 1, data, loss: 'mse' }));
  try {
    const found = await opened.numerics({ samples: Infinity, untilNonFinite: false });
    if (typeof found === 'string') throw new Error(found);
    return found;
  } finally {
    await opened.objective.dispose();
  }
}

it('runs a float16 file in float16: 300² is infinite', async () => {
  const { troubles, notes } = await examined(FLOAT16);
  const square = { node: 'square', problem: 'infinity', from: 'Add "sum"', reaches: true };
  expect(troubles[0]).toMatchObject({ ...square, deed: 'multiplies 300 by 300', samples: 'sample 1' });
  expect(notes).toEqual([]);
});

it('runs a bfloat16 file in float32, and says so: 300² is 90000', async () => {
  const { troubles, notes } = await examined(BFLOAT16);
  expect(troubles).toMatchObject([{ node: 'square', problem: 'float16 overflow', value: 90000 }]);
  expect(notes).toEqual(['The runtime cannot compute in the types of this file; it ran in float32.']);
});
