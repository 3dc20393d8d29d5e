import { describe } from 'vitest';
import { integers, normal, positive } from '../../test/unit/checkRule';
import { checkLowering } from '../../test/unit/checkLowering';

describe('losses inside graphs', () => {
  const targets = integers([0, 2, 1, 2, -1, 0], [2, 3]);
  for (const reduction of ['none', 'sum', 'mean']) {
    const attributes = { reduction, ignore_index: -1 };
    checkLowering({
      op: 'NegativeLogLikelihoodLoss',
      inputs: [normal([2, 3, 3]), targets, positive([3])],
      attributes,
      fed: [1],
    });
    checkLowering({
      op: 'SoftmaxCrossEntropyLoss',
      inputs: [normal([2, 3, 3]), targets, positive([3])],
      attributes,
      outputs: 2,
      fed: [1],
    });
  }
  checkLowering({ op: 'SoftmaxCrossEntropyLoss', inputs: [normal([3, 4]), integers([0, 3, 1])], fed: [1] });
});
