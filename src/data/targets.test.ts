import { expect, test } from 'vitest';
import { tensor } from '../graph/tensor';
import type { Tensor } from '../graph/tensor';
import { prepareTarget, targetFacts } from './targets';
import type { TargetNeed } from './targets';

const three: TargetNeed = { kind: 'classes', classes: 3, positions: [] };
const prepare = (target: Tensor, need: TargetNeed, isModelOutput = false): ReturnType<typeof prepareTarget> =>
  prepareTarget(target, need, { where: 'data.npz (target)', isModelOutput });

test.each([
  ['int64', tensor('int64', [4], [0, 2, 1, 1])],
  ['int32', tensor('int32', [4], [0, 2, 1, 1])],
  ['uint8 in a column', tensor('uint8', [4, 1], [0, 2, 1, 1])],
  ['whole floats', tensor('float64', [4], [0, 2, 1, 1])],
  ['one-hot floats', tensor('float32', [4, 3], [1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0])],
  ['one-hot booleans', tensor('bool', [4, 3], [1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0])],
])('class indices from %s', (_name, target) => {
  expect(prepare(target, three).target).toEqual(tensor('int64', [4], [0, 2, 1, 1]));
});

test('one-hot maps [N, C, H, W] become class maps', () => {
  const target = tensor('uint8', [1, 2, 1, 3], [1, 0, 1, 0, 1, 0]);
  const { target: classes, notes } = prepare(target, { kind: 'classes', classes: 2, positions: [1, 3] });
  expect(classes).toEqual(tensor('int64', [1, 1, 3], [0, 1, 0]));
  expect(notes).toEqual(['One-hot targets are read as class indices.']);
});

test('rows that sum to 1 become distributions with the classes last', () => {
  const target = tensor('float64', [1, 2, 3], [0.1, 0.2, 1, 0.9, 0.8, 0]);
  const { target: shares, notes } = prepare(target, { kind: 'classes', classes: 2, positions: [3] });
  expect(shares).toEqual(tensor('float32', [1, 3, 2], [0.1, 0.9, 0.2, 0.8, 1, 0]));
  expect(notes).toEqual(['The targets are distributions over the classes: the loss is −Σ t·log p.']);
});

test('rows that were rounded stay unchanged, and the notes say so', () => {
  const { target, notes } = prepare(tensor('float32', [1, 3], [0.333, 0.333, 0.333]), three);
  expect(target.data).toEqual(Float32Array.of(0.333, 0.333, 0.333));
  expect(notes[0]).toContain('differ from 1 by up to 1.0 × 10⁻³');
});

test("recorded outputs become the model's own labels, and the notes say so", () => {
  const target = tensor('float32', [2, 3], [-1, 4, 2, 0.5, 0.1, 0.2]);
  const { target: classes, notes } = prepare(target, three, true);
  expect(classes).toEqual(tensor('int64', [2], [1, 0]));
  expect(notes[0]).toContain('The model itself labels the samples');
});

test.each([
  [
    'beyond the last class',
    tensor('int64', [3], [0, 1, 3]),
    'The target of sample 2 is 3, but the model distinguishes 3 classes',
  ],
  ['negative', tensor('int64', [3], [0, -1, 3]), 'The target of sample 1 is −1'],
  ['counted from one', tensor('int64', [3], [1, 2, 3]), 'subtract 1'],
  ['not whole', tensor('float32', [3], [0, 1.5, 2]), 'sample 1 is 1.5'],
  ['not whole', tensor('float32', [3], [0, 1.5, 2]), '--loss mse'],
  ['rows that sum to 2', tensor('float32', [2, 3], [0.5, 0.5, 0, 1, 0.5, 0.5]), 'those of sample 1 sum to 2'],
  ['counts', tensor('float32', [2, 3], [5, 5, 0, 1, 2, 3]), 'Divide each row by its sum'],
  ['scores', tensor('float32', [2, 3], [1.5, -0.5, 0, 1, 0, 0]), 'save their softmax'],
  ['several at once', tensor('uint8', [2, 3], [1, 1, 0, 1, 0, 0]), '--loss bce_with_logits'],
  ['none at all', tensor('uint8', [2, 3], [0, 1, 0, 0, 0, 0]), 'those of sample 1 sum to 0'],
  ['two per sample', tensor('int64', [2, 2], [0, 1, 0, 1]), 'have shape [2, 2]; class indices [2] are needed'],
])('class indices that are %s are refused', (_name, target, message) => {
  expect(() => prepare(target, three)).toThrow(message);
  expect(() => prepare(target, three)).toThrow('data.npz (target)');
});

test('numbers take the shape of the output', () => {
  const need: TargetNeed = { kind: 'values', shape: [null, 1], unit: false };
  const target = tensor('float32', [3], [1, 2, -3]);
  const prepared = prepare(target, need).target;
  expect(prepared).toEqual(tensor('float32', [3, 1], [1, 2, -3]));
  expect(prepared.data).toBe(target.data);
  expect(prepare(tensor('uint8', [2, 1], [7, 255]), need).target).toEqual(tensor('float32', [2, 1], [7, 255]));
  expect(() => prepare(tensor('float32', [3, 2], [1, 2, 3, 4, 5, 6]), need)).toThrow(
    "The targets have shape [3, 2], the model's output [?, 1]",
  );
});

test('binary targets lie between 0 and 1', () => {
  const need: TargetNeed = { kind: 'values', shape: [null, 1], unit: true };
  expect(prepare(tensor('int64', [2], [0, 1]), need).target).toEqual(tensor('float32', [2, 1], [0, 1]));
  expect(() => prepare(tensor('int64', [2], [1, -1]), need)).toThrow('The target of sample 1 is −1');
  expect(() => prepare(tensor('float32', [2], [NaN, 1]), need)).toThrow('The target of sample 0 is NaN');
});

test('the facts of a target distinguish indices, one-hot rows and measurements', () => {
  expect(targetFacts(tensor('int64', [3], [4, 0, 2]))).toMatchObject({ min: 0, max: 4, integers: true });
  expect(targetFacts(tensor('float32', [2, 2], [0, 1, 1, 0]))).toMatchObject({
    integers: true,
    distributions: new Map([[1, 'one-hot']]),
  });
  expect(targetFacts(tensor('float32', [2, 2], [0, 1, 1, 1]))).toMatchObject({
    integers: true,
    distributions: new Map(),
  });
  expect(targetFacts(tensor('float32', [2, 1], [0.25, 1]))).toMatchObject({ min: 0.25, integers: false });
});
