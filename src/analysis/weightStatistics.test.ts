import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { statisticsOf, weightStatistics } from './weightStatistics';

const LENET = resolve(import.meta.dirname, '../../media/sample/lenet.onnx');

describe('the statistics of a tensor', () => {
  it('are those of its finite numbers, and count the others', () => {
    const data = Float32Array.of(1, 3, 0, NaN, Infinity, -Infinity, -4);
    expect(statisticsOf(data)).toEqual({
      mean: 0,
      std: Math.sqrt((1 + 9 + 0 + 16) / 4),
      min: -4,
      max: 3,
      zeros: 1,
      nan: 1,
      infinite: 2,
    });
  });

  it('keep their digits far from zero', () => {
    expect(statisticsOf(Float64Array.of(1e9, 1e9 + 1, 1e9 + 2)).std).toBeCloseTo(Math.sqrt(2 / 3), 12);
  });

  it('say nothing of a tensor without finite numbers', () => {
    expect(statisticsOf(Float32Array.of(NaN))).toMatchObject({ mean: null, std: null, nan: 1, infinite: 0 });
    expect(statisticsOf(new Float32Array(0))).toMatchObject({ mean: null, nan: 0, infinite: 0 });
  });

  it('are read from a model by the names of its parameters', async () => {
    const { tensors, missing } = await weightStatistics(LENET, ['f3.bias', 'nothing']);
    expect(tensors.map(({ name }) => name)).toEqual(['f3.bias']);
    expect(tensors[0]).toMatchObject({ zeros: 0, nan: 0 });
    expect(tensors[0]!.min!).toBeLessThan(tensors[0]!.mean!);
    expect(missing).toEqual(['nothing']);
  });

  it('end when they are cancelled', async () => {
    await expect(weightStatistics(LENET, ['f3.bias'], AbortSignal.abort())).rejects.toThrow(/abort/i);
  });
});
