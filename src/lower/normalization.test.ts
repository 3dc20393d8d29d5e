import { describe } from 'vitest';
import { normal, positive } from '../../test/unit/checkRule';
import { checkLowering, float } from '../../test/unit/checkLowering';

describe('normalizations', () => {
  const channels = [positive([3]), normal([3])] as const;
  checkLowering({ op: 'BatchNormalization', inputs: [normal([4, 3, 2]), ...channels, normal([3]), positive([3])] });
  const training = [normal([4, 3, 2]), ...channels, normal([3]), positive([3])];
  checkLowering({
    op: 'BatchNormalization',
    inputs: training,
    attributes: { training_mode: 1, momentum: float(0.8) },
    outputs: 3,
  });
  checkLowering({ op: 'InstanceNormalization', inputs: [normal([2, 3, 4]), ...channels] });
  checkLowering({
    op: 'GroupNormalization',
    inputs: [normal([2, 4, 3]), positive([4]), normal([4])],
    attributes: { num_groups: 2 },
    opset: 21,
  });
  checkLowering({ op: 'MeanVarianceNormalization', inputs: [normal([2, 3, 2, 2])] });
  checkLowering({
    op: 'LRN',
    inputs: [normal([1, 5, 2, 2])],
    attributes: {
      size: 3,
      alpha: float(0.5),
      beta: float(0.6),
      bias: float(1.5),
    },
  });
  checkLowering({ op: 'LRN', inputs: [normal([1, 5, 2, 2])], attributes: { size: 5 } });
  checkLowering({
    op: 'RMSNormalization',
    inputs: [normal([2, 3, 4]), positive([3, 4])],
    attributes: { axis: 1 },
    opset: 23,
  });
});
