import { describe } from 'vitest';
import { integers, normal, values } from '../../test/unit/checkRule';
import { checkLowering } from '../../test/unit/checkLowering';

describe('sampling at a grid', () => {
  // Places inside and outside of the image, none near a neighbour's edge, where the interpolation has a kink.
  const grid = () => values([-0.83, -0.41, 0.12, 0.37, 1.31, -1.42, 0.71, -0.13], [1, 2, 2, 2]);
  for (const padding_mode of ['zeros', 'border', 'reflection']) {
    for (const align_corners of [0, 1]) {
      checkLowering({
        op: 'GridSample',
        inputs: [normal([1, 2, 3, 4]), grid()],
        attributes: { mode: 'bilinear', padding_mode, align_corners },
      });
    }
    checkLowering({
      op: 'GridSample',
      inputs: [normal([1, 2, 3, 4]), grid()],
      attributes: { mode: 'nearest', padding_mode },
    });
  }
  checkLowering({
    op: 'GridSample',
    inputs: [normal([1, 1, 3, 4]), grid()],
    attributes: { mode: 'bicubic', padding_mode: 'zeros' },
  });
  checkLowering({ op: 'AffineGrid', inputs: [normal([2, 2, 3]), integers([2, 1, 3, 2])], opset: 20 });
});
