import { describe } from 'vitest';
import { checkRule, normal } from '../../../test/unit/checkRule';

const plain = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: 1 };

describe('product rules', () => {
  checkRule('MatMul', [normal([2, 3]), normal([3, 4])]);
  checkRule('MatMul', [normal([5, 2, 3]), normal([3, 4])]);
  checkRule('MatMul', [normal([2, 3]), normal([5, 3, 4])]);
  checkRule('MatMul', [normal([2, 1, 2, 3]), normal([4, 3, 2])]);

  checkRule('Conv', [normal([2, 3, 5, 4]), normal([4, 3, 3, 2])], plain);
  checkRule('Conv', [normal([2, 2, 6, 7]), normal([3, 2, 3, 3])], { ...plain, strides: [2, 3], pads: [1, 0, 2, 1] });
  checkRule('Conv', [normal([1, 2, 7, 7]), normal([2, 2, 3, 3])], { ...plain, dilations: [2, 2], pads: [2, 2, 2, 2] });
  checkRule('Conv', [normal([2, 4, 5, 5]), normal([6, 2, 3, 3])], { ...plain, group: 2, strides: [2, 2] });
  checkRule('Conv', [normal([2, 3, 4, 4]), normal([3, 1, 3, 3])], { ...plain, group: 3, pads: [1, 1, 1, 1] });
  checkRule('Conv', [normal([2, 3, 8]), normal([4, 3, 3])], { strides: [2], pads: [1, 1], dilations: [1], group: 1 });
  checkRule('Conv', [normal([1, 2, 4, 3, 4]), normal([2, 2, 2, 2, 3])], {
    strides: [1, 1, 2],
    pads: [0, 1, 0, 0, 0, 1],
    dilations: [1, 1, 1],
    group: 1,
  });
  checkRule('ConvInput', [normal([2, 4, 3, 3]), normal([4, 1, 3, 3])], {
    ...plain,
    group: 2,
    strides: [2, 2],
    pads: [1, 1, 0, 0],
    input: [6, 7],
  });
  checkRule('ConvWeight', [normal([2, 4, 6, 6]), normal([2, 2, 3, 2])], {
    ...plain,
    group: 2,
    strides: [2, 2],
    pads: [1, 1, 0, 0],
    kernel: [3, 4],
  });
});
