import { describe } from 'vitest';
import { checkRule, distinct, normal, values } from '../../../test/unit/checkRule';

const pool = { kernel: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0], dilations: [1, 1], ceil: false };

describe('selection rules', () => {
  checkRule('Softmax', [normal([2, 4])], { axis: 1 });
  checkRule('Softmax', [normal([3, 2, 2])], { axis: 0 });
  checkRule('Softmax', [values([30, -30, 0])], { axis: 0 });
  checkRule('LogSoftmax', [normal([2, 4])], { axis: 1 });
  checkRule('LogSoftmax', [values([30, -30, 0])], { axis: 0 });
  checkRule('ReduceMax', [distinct([2, 3, 2])], { axes: [1], keepdims: true });
  checkRule('ReduceMin', [distinct([2, 3])], { axes: [0, 1], keepdims: false });
  checkRule('TopK', [distinct([2, 5, 2])], { axis: 1, k: 3, largest: true });
  checkRule('TopK', [distinct([7])], { axis: 0, k: 2, largest: false });
  checkRule('MaxPool', [distinct([2, 2, 4, 4])], pool);
  checkRule('MaxPool', [distinct([1, 2, 5, 6])], { ...pool, kernel: [3, 3], pads: [1, 1, 1, 1] });
  checkRule('MaxPool', [distinct([1, 1, 5, 5])], { ...pool, ceil: true });
  checkRule('MaxPool', [distinct([1, 2, 7])], { kernel: [3], strides: [1], pads: [0, 0], dilations: [2], ceil: false });
});
