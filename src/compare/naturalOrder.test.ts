import { expect, it } from 'vitest';
import { compareNaturally, lastNumber } from './naturalOrder';

it.each([
  [
    ['ckpt_10.onnx', 'ckpt_9.onnx', 'ckpt_1.onnx'],
    ['ckpt_1.onnx', 'ckpt_9.onnx', 'ckpt_10.onnx'],
  ],
  [
    ['e2s5', 'e10s1', 'e2s40', 'e2s7'],
    ['e2s5', 'e2s7', 'e2s40', 'e10s1'],
  ],
  [
    ['step-000100', 'step-20', 'step-3'],
    ['step-3', 'step-20', 'step-000100'],
  ],
  [
    ['checkpoint-500/model', 'checkpoint-1000/model'],
    ['checkpoint-500/model', 'checkpoint-1000/model'],
  ],
  [
    ['b', 'a10', 'A2', '7'],
    ['7', 'A2', 'a10', 'b'],
  ],
  [
    ['x12345678901234567891', 'x12345678901234567890'],
    ['x12345678901234567890', 'x12345678901234567891'],
  ],
])('orders %j as people count', (names, ordered) => {
  expect([...names].sort(compareNaturally)).toEqual(ordered);
  expect([...names].reverse().sort(compareNaturally)).toEqual(ordered);
});

it('is a total order: only a name itself is equal to it', () => {
  const names = ['a7', 'a07', 'A7', 'a', ''];
  for (const a of names)
    for (const b of names) {
      expect(compareNaturally(a, b) === 0).toBe(a === b);
      expect(Math.sign(compareNaturally(a, b)) + Math.sign(compareNaturally(b, a))).toBe(0);
    }
});

it.each([
  ['ckpt_10', 10],
  ['epoch=3-step=1200', 1200],
  ['step-000', 0],
  ['model', null],
  ['epoch=9-val_loss=0.81.onnx', 9],
  ['lr-0.1/step-300.onnx', 300],
  ['model.15.onnx', 15],
  ['v1.2.onnx', 2],
])('reads the step of %s as %s', (name, step) => expect(lastNumber(name)).toBe(step));
