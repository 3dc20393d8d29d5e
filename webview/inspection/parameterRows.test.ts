import { describe, expect, it } from 'vitest';
import { layerOf, parameterRows, sortedRows } from './parameterRows';

const parameter = (name: string, count: number) => ({ name, shape: [count], count, reason: 'weights of Gemm' });
const PARAMETERS = [parameter('a.weight', 2), parameter('b.weight', 6), parameter('a.bias', 2), parameter('lone', 10)];
const flat = { zeros: 0, nan: 0, infinite: 0 };

describe('the rows of parameters', () => {
  it('join the tensors of a layer, in the order of the network', () => {
    const rows = parameterRows(PARAMETERS, 'layer', new Map());
    expect(rows.map(({ name, count, share, tensors }) => [name, count, share, tensors])).toEqual([
      ['a', 4, 0.2, ['a.weight', 'a.bias']],
      ['b', 6, 0.3, ['b.weight']],
      ['lone', 10, 0.5, ['lone']],
    ]);
  });

  it('join a tensor that the exporter named to the layer that reads it, and ask for it by its own name', () => {
    const named = { ...parameter('onnx::MatMul_7', 6), label: 'a.weight' };
    const [a] = parameterRows([named, parameter('a.bias', 2)], 'layer', new Map());
    expect(a).toMatchObject({ name: 'a', count: 8, tensors: ['onnx::MatMul_7', 'a.bias'] });
    expect(parameterRows([named], 'tensor', new Map())[0]!.name).toBe('a.weight');
  });

  it('have the statistics of all numbers of the layer', () => {
    // The numbers are 1, 3 and 5, 9.
    const known = new Map([
      ['a.weight', { name: 'a.weight', mean: 2, std: 1, min: 1, max: 3, ...flat }],
      ['a.bias', { name: 'a.bias', mean: 7, std: 2, min: 5, max: 9, ...flat, zeros: 1 }],
    ]);
    const [a, b] = parameterRows(PARAMETERS, 'layer', known);
    expect(a!.statistics).toMatchObject({ mean: 4.5, min: 1, max: 9, zeros: 1 });
    expect(a!.statistics!.std).toBeCloseTo(Math.sqrt((3.5 ** 2 + 1.5 ** 2 + 0.5 ** 2 + 4.5 ** 2) / 4), 12);
    expect(b!.statistics).toBeUndefined();
  });

  it('leave out numbers that are not finite', () => {
    const known = new Map([
      ['a.weight', { name: 'a.weight', mean: 1, std: 0, min: 1, max: 1, ...flat, nan: 1 }],
      ['a.bias', { name: 'a.bias', mean: null, std: null, min: null, max: null, ...flat, nan: 2 }],
    ]);
    expect(parameterRows(PARAMETERS, 'layer', known)[0]!.statistics).toMatchObject({ mean: 1, std: 0, nan: 3 });
  });

  it('are sorted, and rows without a value come last in both directions', () => {
    const known = new Map([
      ['a.weight', { name: 'a.weight', mean: 1, std: 0, min: 1, max: 1, ...flat }],
      ['b.weight', { name: 'b.weight', mean: 5, std: 0, min: 5, max: 5, ...flat }],
    ]);
    const rows = parameterRows(PARAMETERS, 'tensor', known);
    const names = (...order: Parameters<typeof sortedRows> extends [unknown, ...infer Rest] ? Rest : never) =>
      sortedRows(rows, ...order).map(({ name }) => name);
    expect(names('count', 'descending')).toEqual(['lone', 'b.weight', 'a.weight', 'a.bias']);
    expect(names('mean', 'ascending').slice(0, 2)).toEqual(['a.weight', 'b.weight']);
    expect(names('mean', 'descending').slice(0, 2)).toEqual(['b.weight', 'a.weight']);
    expect(names('order', 'ascending')).toEqual(['a.weight', 'b.weight', 'a.bias', 'lone']);
  });

  it('sort numbers within names as numbers', () => {
    const rows = parameterRows([parameter('l.10.w', 1), parameter('l.9.w', 1)], 'tensor', new Map());
    expect(sortedRows(rows, 'name', 'ascending').map(({ name }) => name)).toEqual(['l.9.w', 'l.10.w']);
  });
});

describe('the layer of a tensor', () => {
  it('is its name without the last part', () => {
    expect(layerOf('encoder.0.weight')).toBe('encoder.0');
    expect(layerOf('dense/kernel:0')).toBe('dense');
    expect(layerOf('onnx::MatMul_12')).toBe('onnx::MatMul_12');
    expect(layerOf('.weight')).toBe('.weight');
  });
});
