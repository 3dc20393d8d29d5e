import { describe } from 'vitest';
import { integers, normal } from '../../test/unit/checkRule';
import { checkLowering } from '../../test/unit/checkLowering';

describe('padding', () => {
  const pad = (mode: string, pads: number[], opset = 18) =>
    checkLowering({ op: 'Pad', inputs: [normal([2, 3, 4]), integers(pads)], attributes: { mode }, opset });
  pad('constant', [0, 1, -1, 0, 2, 1]);
  pad('reflect', [0, 2, 1, 0, 1, 3]);
  pad('edge', [1, 0, 2, 1, 2, 0]);
  pad('wrap', [0, 1, 2, 0, 2, 3], 19);
  checkLowering({
    op: 'Pad',
    inputs: [normal([2, 3])],
    attributes: { mode: 'reflect', pads: [0, 2, 1, 1] },
    opset: 10,
  });
});
