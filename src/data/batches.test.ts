import { expect, test } from 'vitest';
import { tensor } from '../graph/tensor';
import { batches } from './batches';

const x = tensor('float32', [5, 2], [0, 1, 10, 11, 20, 21, 30, 31, 40, 41]);
const y = tensor('int64', [5], [0, 1, 2, 3, 4]);

test('full batches are views, and the last is padded with sample 0', () => {
  const all = [...batches({ inputs: { x }, target: y, samples: 5 }, 2)];
  expect(all.map(({ start, count }) => [start, count])).toEqual([
    [0, 2],
    [2, 2],
    [4, 1],
  ]);
  expect(all[1].inputs.x).toEqual(tensor('float32', [2, 2], [20, 21, 30, 31]));
  expect(all[1].inputs.x!.data.buffer).toBe(x.data.buffer);
  expect(all[2].inputs.x).toEqual(tensor('float32', [2, 2], [40, 41, 0, 1]));
  expect(all[2].target).toEqual(tensor('int64', [2], [4, 0]));
});

test('a batch larger than the data is one padded batch', () => {
  const [only, ...rest] = [...batches({ inputs: { x }, target: null, samples: 5 }, 8)];
  expect(rest).toEqual([]);
  expect(only).toMatchObject({ start: 0, count: 5, target: null });
  expect(Array.from(only!.inputs.x!.data as Float32Array).slice(8)).toEqual([40, 41, 0, 1, 0, 1, 0, 1]);
});

test('nothing is padded when the samples divide evenly', () => {
  const all = [...batches({ inputs: { x }, target: y, samples: 5 }, 5)];
  expect(all).toHaveLength(1);
  expect(all[0].inputs.x!.data.buffer).toBe(x.data.buffer);
});
