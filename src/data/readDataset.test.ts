import { mkdtemp, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { beforeEach, describe, expect, test } from 'vitest';
import { tensor } from '../graph/tensor';
import type { Tensor } from '../graph/tensor';
import type { InputSpec } from './dataset';
import type { DataRequest } from './match';
import { readDataset } from './readDataset';
import { npyFile, npzFile } from './testing/npyFile';

const fixtures = new URL('../../test/fixtures/', import.meta.url).pathname;
const image: InputSpec = { name: 'input', dtype: 'float32', shape: [null, 1, 28, 28] };
const features = (n: number): InputSpec => ({ name: 'input', dtype: 'float32', shape: [null, n] });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-data-'));
});

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, content);
  return path;
}

async function npz(arrays: Record<string, Tensor>): Promise<string> {
  return file('data.npz', npzFile(arrays));
}

test('the reference data of LeNet match by name and stay unchanged', async () => {
  const data = await readDataset(join(fixtures, 'lenet_fashion/data.npz'), { inputs: [image] });
  expect(data).toMatchObject({ samples: 1000, generated: false, targetIsModelOutput: false, notes: [] });
  expect(data.inputs.input).toMatchObject({ dtype: 'float32', shape: [1000, 1, 28, 28] });
  expect(data.target).toMatchObject({ dtype: 'int64', shape: [1000] });
  expect(data.sha256).toMatch(/^[0-9a-f]{64}$/);
  const classes = new Set(data.target!.data as BigInt64Array);
  expect(classes.size).toBe(10);
});

test('only the first samples of a packed array are unpacked', async () => {
  const path = join(fixtures, 'lenet_fashion/data.npz');
  const some = await readDataset(path, { inputs: [image], samples: 7 });
  const all = await readDataset(path, { inputs: [image] });
  expect(some.samples).toBe(7);
  expect(some.inputs.input.data).toEqual(all.inputs.input.data.subarray(0, 7 * 784));
  expect(some.inputs.input.data.buffer.byteLength).toBeLessThan(8 * 784 * 4);
  expect(all.inputs.input.data.buffer.byteLength).toBeGreaterThan(1000 * 784 * 4);
  expect(some.target!.shape).toEqual([7]);
  expect(some.notes).toEqual(['The first 7 of 1,000 samples are used.']);
});

describe('arrays are matched to inputs', () => {
  const x = tensor('float32', [2, 3], [0, 1, 2, 3, 4, 5]);
  const y = tensor('int64', [2], [0, 1]);
  const two: InputSpec[] = [
    { name: 'ids', dtype: 'int64', shape: [null, 4] },
    { name: 'weights', dtype: 'float32', shape: [null, 3] },
  ];

  test('as the only one that fits, and the remaining one is the target', async () => {
    const data = await readDataset(await npz({ features: x, answers: y }), { inputs: [features(3)] });
    expect(data.inputs.input).toEqual(x);
    expect(data.target).toEqual(y);
    expect(data.notes).toEqual(['«answers» is taken as the target.']);
  });

  test('by name up to punctuation', async () => {
    const inputs = [{ name: 'onnx::Input.1', dtype: 'float32' as const, shape: [null, 3] }];
    const data = await readDataset(await npz({ onnx__Input_1: x, other: x, target: y }), { inputs });
    expect(data.inputs['onnx::Input.1']).toEqual(x);
    expect(data.target).toEqual(y);
  });

  test('by shape, one after the other', async () => {
    const ids = tensor('int64', [2, 4], [0, 1, 2, 3, 4, 5, 6, 7]);
    const data = await readDataset(await npz({ a: ids, b: x, labels: y }), { inputs: two });
    expect(data.inputs).toEqual({ ids, weights: x });
    expect(data.target).toEqual(y);
  });

  test('by keys that a person gives', async () => {
    const other = tensor('float32', [2, 3], [9, 9, 9, 9, 9, 9]);
    const path = await npz({ x_train: x, x_test: other, y_train: y, y_test: y });
    const request: DataRequest = { inputs: [features(3)], keys: { input: 'x_test' }, target: 'y_test' };
    expect((await readDataset(path, request)).inputs.input).toEqual(other);
  });

  test('and otherwise one message lists what exists and what is needed', async () => {
    const path = await npz({ x_train: x, x_test: x, y_train: y, y_test: y });
    await expect(readDataset(path, { inputs: [features(3)] })).rejects.toThrow(
      /not clear which array feeds the model's input «input»\. The npz data contain x_train \[2, 3\] float32; x_test \[2, 3\] float32; y_train \[2\] int64; y_test \[2\] int64\. The model expects input \[\?, 3\] float32\.[\s\S]*--input input=x_train/,
    );
  });

  test.each([
    [{ inputs: [features(3)], keys: { image: 'x' } }, 'The model has no input «image».[\\s\\S]*«input»'],
    [{ inputs: [features(3)], keys: { input: 'z' } }, 'nothing called «z».[\\s\\S]*x \\[2, 3\\] float32; y'],
    [{ inputs: [features(3)], target: 'z' }, 'nothing called «z»'],
    [{ inputs: [features(4)] }, 'x \\[2, 3\\] float32 does not fit .* which expects \\[\\?, 4\\]'],
  ])('and %j is refused', async (request, message) => {
    await expect(readDataset(await npz({ x, y }), request)).rejects.toThrow(new RegExp(message));
  });
});

test('flat bytes become images, and the notes say so', async () => {
  const bytes = tensor(
    'uint8',
    [2, 784],
    Array.from({ length: 1568 }, (_, i) => i % 256),
  );
  const data = await readDataset(await npz({ input: bytes }), { inputs: [image] });
  expect(data.inputs.input.shape).toEqual([2, 1, 28, 28]);
  expect(data.inputs.input.data[255]).toBe(1);
  expect(data.target).toBeNull();
  expect(data.notes).toEqual([
    '«input» [2, 784] is read as [2, 1, 28, 28] for «input».',
    '«input» contains bytes; they are read as pixels and divided by 255. Use --scale 1 to leave them unchanged.',
  ]);
});

describe('refuses', () => {
  const x = tensor('float32', [2, 3], [0, 1, 2, 3, 4, 5]);
  const refuses = (path: string, message: RegExp | string): Promise<void> =>
    expect(readDataset(path, { inputs: [features(3)] })).rejects.toThrow(message);

  test('a missing file', () =>
    refuses(join(folder, 'nowhere.npz'), /file or folder does not exist\.\n {2}at .*nowhere\.npz/));

  test('an empty file', async () => refuses(await file('data.npz', ''), 'The file is empty'));

  test('text called .npz', async () => refuses(await file('data.npz', 'x,y\n1,2\n'), 'This is not an .npz archive'));

  test('an unknown format', async () => refuses(await file('data.mat', 'MATLAB 5.0'), 'Data may be .npz'));

  test('different numbers of samples', async () => {
    const y = tensor('int64', [3], [0, 1, 0]);
    await refuses(
      await npz({ input: x, target: y }),
      'different numbers of samples: input [2, 3] float32; target [3] int64',
    );
  });

  test('no samples', async () => {
    await refuses(await npz({ input: tensor('float32', [0, 3], []) }), 'contain no samples');
  });

  test('NaN among the inputs', async () => {
    const bad = tensor('float32', [2, 3], [0, 1, 2, 3, NaN, 5]);
    await refuses(await npz({ input: bad }), '«input» holds NaN in sample 1 at [1].');
  });

  test('a single number as an array', async () => {
    await refuses(
      await npz({ input: x, target: tensor('float32', [], [1]) }),
      'axis 0 of every array must count samples',
    );
  });

  test('a folder without data, and a folder of loose images', async () => {
    await refuses(folder, 'This folder contains no data that Ridgeline can read');
    await file('cat.png', 'x');
    await refuses(folder, 'so their classes are unknown');
  });

  test('a damaged member, but only if it is needed', async () => {
    const path = await file('data.npz', zipSync({ 'input.npy': npyFile(x), 'names.npy': npyFile(x).slice(0, -4) }));
    const data = await readDataset(path, { inputs: [features(3)], target: 'input', keys: { input: 'input' } });
    expect(data.samples).toBe(2);
    await refuses(path, /truncated: its header promises 24 bytes of data, but the file has 20/);
  });
});

describe('.npy files', () => {
  const x = tensor('float32', [2, 3], [0, 1, 2, 3, 4, 5]);
  const y = tensor('int64', [2], [0, 1]);

  test.each([
    ['X.npy', 'y.npy'],
    ['x_train.npy', 'y_train.npy'],
    ['inputs.npy', 'targets.npy'],
    ['images.npy', 'labels.npy'],
    ['digits.npy', 'digits_target.npy'],
  ])('%s is paired with %s', async (inputs, targets) => {
    const path = await file(inputs, npyFile(x));
    await file(targets, npyFile(y));
    const data = await readDataset(path, { inputs: [features(3)] });
    expect([data.inputs.input, data.target]).toEqual([x, y]);
  });

  test('a folder gives one array per file', async () => {
    await file('weights.npy', npyFile(x));
    await file('target.npy', npyFile(y));
    const data = await readDataset(folder, { inputs: [features(3)] });
    expect([data.inputs.input, data.target]).toEqual([x, y]);
  });
});

describe('IDX', () => {
  const idx = (type: number, shape: number[], data: number[]): Uint8Array =>
    Uint8Array.from([0, 0, type, shape.length, ...shape.flatMap((dim) => [0, 0, dim >> 8, dim & 255]), ...data]);
  const images = idx(8, [2, 2, 2], [0, 51, 102, 153, 204, 255, 0, 51]);
  const labels = idx(8, [2], [7, 3]);
  const input: InputSpec = { name: 'x', dtype: 'float32', shape: [null, 1, 2, 2] };

  test.each(['train-images-idx3-ubyte', 'train-images.idx3-ubyte', 't10k-images-idx3-ubyte.gz'])(
    '%s finds its labels',
    async (name) => {
      const pack = name.endsWith('.gz') ? gzipSync : (bytes: Uint8Array) => bytes;
      const path = await file(name, pack(images));
      await file(name.replace('images', 'labels').replace('idx3', 'idx1'), pack(labels));
      const data = await readDataset(path, { inputs: [input] });
      expect(data.inputs.x).toEqual(tensor('float32', [2, 1, 2, 2], [0, 0.2, 0.4, 0.6, 0.8, 1, 0, 0.2]));
      expect(data.target).toEqual(tensor('uint8', [2], [7, 3]));
    },
  );

  test('a folder in the form of MNIST gives the training set', async () => {
    await file('t10k-images-idx3-ubyte', idx(8, [1, 2, 2], [0, 0, 0, 0]));
    await file('t10k-labels-idx1-ubyte', idx(8, [1], [0]));
    await file('train-images-idx3-ubyte', images);
    await file('train-labels-idx1-ubyte', labels);
    const data = await readDataset(folder, { inputs: [input] });
    expect(data.samples).toBe(2);
    expect(data.notes[0]).toContain('read train-images-idx3-ubyte');
    expect(data.remarks).toEqual(['Read train-labels-idx1-ubyte with train-images-idx3-ubyte.']);
  });

  test('wider elements are big-endian', async () => {
    const path = await file('x-images-idx2-ubyte', idx(0x0d, [1, 2], [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0]));
    const data = await readDataset(path, { inputs: [{ name: 'x', dtype: 'float32', shape: [null, 2] }] });
    expect(data.inputs.x.data).toEqual(Float32Array.of(1, -2));
  });

  test('truncated and damaged files are refused with a message', async () => {
    const request = { inputs: [input] };
    const cut = await file('a-images-idx3-ubyte', images.slice(0, -1));
    await expect(readDataset(cut, request)).rejects.toThrow('The file is truncated: it should have 8 bytes but has 7');
    const damaged = await file('b-images-idx3-ubyte.gz', gzipSync(images).subarray(0, 20));
    await expect(readDataset(damaged, request)).rejects.toThrow('The gzip file is damaged');
    const other = await file('c-images-idx3-ubyte.gz', gzipSync('hello'));
    await expect(readDataset(other, request)).rejects.toThrow('not an IDX file');
  });
});
