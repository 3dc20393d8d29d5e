import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { tensor } from '../graph/tensor';
import type { Tensor } from '../graph/tensor';
import { encodeTensor } from '../onnx/tensor';
import type { InputSpec } from './dataset';
import { readDataset } from './readDataset';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-testdata-'));
});

async function set(name: string, files: Record<string, Tensor>): Promise<string> {
  await mkdir(join(folder, name), { recursive: true });
  for (const [file, value] of Object.entries(files)) {
    await writeFile(join(folder, name, `${file}.pb`), encodeTensor(value));
  }
  return join(folder, name);
}

const inputs: InputSpec[] = [
  { name: 'b', dtype: 'float32', shape: [null, 2] },
  { name: 'a', dtype: 'float32', shape: [null, 2] },
];
const [one, two, three] = [1, 2, 3].map((value) => tensor('float32', [1, 2], [value, -value]));

test('files are matched by number rather than shape, and outputs are marked as recorded', async () => {
  const path = await set('test_data_set_0', { input_0: one, input_1: two, output_0: three });
  const data = await readDataset(path, { inputs });
  expect(data).toMatchObject({ inputs: { b: one, a: two }, target: three, targetIsModelOutput: true, samples: 1 });
  expect(data.notes).toContain('Targets are the recorded model output output_0, not labels.');
});

test('a tensor of another shape is reshaped for the input', async () => {
  const path = await set('test_data_set_0', { input_0: tensor('float32', [2, 4], [1, 2, 3, 4, 5, 6, 7, 8]) });
  const data = await readDataset(path, { inputs: [{ name: 'x', dtype: 'float32', shape: [null, 2, 2] }] });
  expect(data.inputs.x).toEqual(tensor('float32', [2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]));
});

test('the tenth file comes after the ninth', async () => {
  const many = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`input_${i}`, tensor('float32', [1, 1], [i])]));
  const specs = Array.from({ length: 11 }, (_, i): InputSpec => ({ name: `in${i}`, dtype: 'float32', shape: [1, 1] }));
  const data = await readDataset(await set('x', many), { inputs: specs });
  expect(specs.map(({ name }) => data.inputs[name].data[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(data.target).toBeNull();
});

test('several sets are concatenated, except one of another shape', async () => {
  await set('test_data_set_0', { input_0: one, output_0: two });
  await set('test_data_set_1', { input_0: two, output_0: three });
  await set('test_data_set_2', { input_0: tensor('float32', [1, 3], [0, 0, 0]), output_0: three });
  const data = await readDataset(folder, { inputs: [inputs[0]] });
  expect(data.inputs.b).toEqual(tensor('float32', [2, 2], [1, -1, 2, -2]));
  expect(data.target).toEqual(tensor('float32', [2, 2], [2, -2, 3, -3]));
  expect(data.notes).toContain('test_data_set_2 is not used: its shapes differ from those of the first set.');
});

test('a damaged file is named', async () => {
  const path = await set('test_data_set_0', { input_0: one });
  await writeFile(join(path, 'input_0.pb'), 'hello');
  await expect(readDataset(path, { inputs: [inputs[0]] })).rejects.toThrow(
    /ONNX tensor cannot be read[\s\S]*input_0\.pb/,
  );
});
