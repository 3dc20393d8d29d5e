import { expect, test } from 'vitest';
import { partsOf } from './parts';

const tensors = (...names: string[]) =>
  names.map((name, i) => ({ name, shape: [10], offset: 10 * i, count: 10, filters: null }));

test('names with dots divide into tensors, layers and blocks', () => {
  const parts = partsOf(tensors('a.0.weight', 'a.0.bias', 'a.1.weight', 'b.0.weight', 'b.1.weight', 'b.1.bias', 'fc'));
  const named = (level: string) => parts.filter((part) => part.level === level).map(({ name }) => name);
  expect(named('tensor')).toHaveLength(7);
  expect(named('layer')).toEqual(['a.0', 'b.1']);
  expect(named('block')).toEqual(['a', 'b']);
  const block = parts.find(({ name }) => name === 'a')!;
  expect(block.count).toBe(30);
  expect(block.ranges.map(({ offset }) => offset)).toEqual([0, 10, 20]);
});

test('names without dots give tensors only', () => {
  expect(partsOf(tensors('onnx::MatMul_1', 'onnx::MatMul_2')).map(({ level }) => level)).toEqual(['tensor', 'tensor']);
});
