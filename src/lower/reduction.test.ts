import { describe } from 'vitest';
import { awayFromZero, distinct, integers, normal, positive, values } from '../../test/unit/checkRule';
import { checkLowering } from '../../test/unit/checkLowering';

describe('reductions', () => {
  const axes = integers([0, 2]);
  checkLowering({ op: 'ReduceProd', inputs: [normal([2, 3, 2]), axes], attributes: { keepdims: 0 } });
  checkLowering({ op: 'ReduceProd', inputs: [values([2, 0, 3])] });
  checkLowering({ op: 'ReduceProd', inputs: [values([2, 0, 0, 3])] });
  checkLowering({ op: 'ReduceL1', inputs: [awayFromZero([2, 3, 2]), axes] });
  checkLowering({ op: 'ReduceL2', inputs: [normal([2, 3, 2]), axes] });
  checkLowering({ op: 'ReduceLogSum', inputs: [positive([2, 3, 2]), axes] });
  checkLowering({ op: 'ReduceLogSumExp', inputs: [normal([2, 3, 2]), axes] });
  checkLowering({
    op: 'ReduceSumSquare',
    inputs: [normal([2, 3, 2]), integers([])],
    attributes: { noop_with_empty_axes: 0 },
  });
  checkLowering({ op: 'LpNormalization', inputs: [normal([2, 3])], attributes: { p: 2, axis: 1 } });
  checkLowering({ op: 'LpNormalization', inputs: [awayFromZero([2, 3])], attributes: { p: 1, axis: 0 } });
  checkLowering({ op: 'Softmax', inputs: [normal([2, 3, 2])], attributes: { axis: 1 }, opset: 11 });
  checkLowering({ op: 'LogSoftmax', inputs: [normal([2, 3, 2])], attributes: { axis: 2 }, opset: 11 });
  checkLowering({ op: 'Hardmax', inputs: [distinct([2, 3, 2])], attributes: { axis: 1 }, opset: 11 });
  checkLowering({
    op: 'ArgMax',
    inputs: [values([1, 5, 5, 2])],
    attributes: { axis: 0, select_last_index: 1 },
    withoutDerivative: true,
  });
  checkLowering({
    op: 'ArgMin',
    inputs: [distinct([3, 4])],
    attributes: { axis: 1, keepdims: 0 },
    withoutDerivative: true,
  });
});
