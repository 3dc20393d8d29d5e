import { describe } from 'vitest';
import { checkRule, integers, normal } from '../../../test/unit/checkRule';

describe('structure rules', () => {
  checkRule('Reshape', [normal([2, 6])], { shape: [3, 4] });
  checkRule('Transpose', [normal([2, 3, 4])], { perm: [2, 0, 1] });
  checkRule('Expand', [normal([3, 1])], { shape: [2, 3, 4] });
  checkRule('Slice', [normal([5, 4])], { starts: [1, 0], ends: [4, 4], steps: [1, 1] });
  checkRule('Slice', [normal([7, 4])], { starts: [1, 0], ends: [7, 4], steps: [3, 2] });
  checkRule('Slice', [normal([7])], { starts: [6], ends: [-1], steps: [-1] });
  checkRule('Slice', [normal([8])], { starts: [6], ends: [0], steps: [-2] });
  checkRule('Pad', [normal([2, 3])], { before: [1, 0], after: [0, 2], value: 1.5 });
  checkRule('Concat', [normal([2, 3]), normal([2, 1])], { axis: 1 });
  checkRule('ReduceSum', [normal([2, 3, 4])], { axes: [0, 2], keepdims: false });
  checkRule('ReduceSum', [normal([2, 3, 4])], { axes: [1], keepdims: true });
  checkRule('CumSum', [normal([2, 4])], { axis: 1, exclusive: false, reverse: false });
  checkRule('CumSum', [normal([2, 4])], { axis: 1, exclusive: true, reverse: true });
  checkRule('Gather', [normal([4, 3]), integers([0, 2, 2, 3])], { axis: 0 });
  checkRule('Gather', [normal([2, 4, 3]), integers([1, 0, 3, 1], [2, 2])], { axis: 1 });
  checkRule('ScatterAdd', [normal([4, 3]), integers([0, 2, 2, 5])], { axis: 0, size: 6 });
  checkRule('ScatterAdd', [normal([2, 3, 2]), integers([1, 0, 1])], { axis: 1, size: 3 });
});
