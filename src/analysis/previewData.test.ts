import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { previewData, sampled } from './previewData';

const SAMPLE = resolve(import.meta.dirname, '../../media/sample');
const model = `${SAMPLE}/lenet.onnx`;
const data = `${SAMPLE}/lenet.npz`;

describe('the preview of data', () => {
  it('shows the first samples as the model reads them, and from which array', async () => {
    const { arrays, inputs, target, samples, fault } = await previewData(model, { data });
    expect(fault).toBeNull();
    expect(samples).toBe(1000);
    expect(arrays.map(({ key }) => key).sort()).toEqual(['input', 'target']);
    const [image] = inputs;
    expect(image).toMatchObject({ name: 'input', key: 'input', image: { width: 28, height: 28, channels: 1 } });
    expect(image!.samples).toHaveLength(8);
    expect(image!.samples[0]).toHaveLength(28 * 28);
    expect(target).toMatchObject({ key: 'target', dtype: 'int64', shape: [] });
    for (const [label] of target!.samples) expect(label).toBeLessThan(10);
  });

  it('lists the arrays where the mapping is wrong, and says what is wrong', async () => {
    const { arrays, inputs, fault } = await previewData(model, { data, input: { input: 'target' } });
    expect(arrays).toHaveLength(2);
    expect(inputs).toEqual([]);
    expect(fault!.what).toMatch(/does not fit the model's input «input»/);
  });

  it('asks for data where none is chosen', async () => {
    expect((await previewData(model, {})).fault!.what).toMatch(/No data/);
  });
});

describe('samples', () => {
  it('of a table are its first values, and integers stay integers', () => {
    const tokens = { dtype: 'int64' as const, shape: [2, 3], data: BigInt64Array.of(1n, 2n, 3n, 4n, 5n, 6n) };
    const shown = sampled(tokens);
    expect(shown).toEqual({
      dtype: 'int64',
      shape: [3],
      samples: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    });
  });

  it('with channels last are sent channel by channel, and large images lose pixels', () => {
    const data = new Float32Array(128 * 128 * 3).map((_, i) => i % 3);
    const { image, samples } = sampled({ dtype: 'float32', shape: [1, 128, 128, 3], data });
    expect(image).toEqual({ width: 64, height: 64, channels: 3 });
    expect([0, 64 * 64, 2 * 64 * 64].map((at) => samples[0]![at])).toEqual([0, 1, 2]);
  });
});
