import { describe } from 'vitest';
import type { Operand } from '../../test/unit/checkRule';
import { integers, normal, values } from '../../test/unit/checkRule';
import type { OperatorCase } from '../../test/unit/checkLowering';
import { checkLowering, float, floats } from '../../test/unit/checkLowering';

type Attributes = OperatorCase['attributes'];

describe('resizing agrees with ONNX Runtime', () => {
  const image = () => normal([1, 2, 4, 5]);
  const resize = (operands: (Operand | null)[], attributes: Attributes) =>
    checkLowering({ op: 'Resize', inputs: [image(), ...operands], attributes, opset: 19, constant: [1, 2] });
  const scales = (...list: number[]) => [null, values([1, 1, ...list])];
  for (const mode of ['half_pixel', 'half_pixel_symmetric', 'pytorch_half_pixel', 'align_corners', 'asymmetric']) {
    const coordinates = { coordinate_transformation_mode: mode };
    resize(scales(1.7, 0.6), { ...coordinates, mode: 'linear' });
    resize(scales(0.7, 2), { ...coordinates, mode: 'cubic' });
    resize(scales(2, 0.7), { ...coordinates, mode: 'nearest' });
  }
  for (const nearest_mode of ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']) {
    resize(scales(1.5, 2.5), { mode: 'nearest', nearest_mode });
  }
  resize(scales(1.5, 2), { mode: 'cubic', exclude_outside: 1, cubic_coeff_a: float(-0.5) });
  resize([null, null, integers([1, 2, 7, 3])], { mode: 'linear' });
  resize([null, null, integers([6, 9])], { mode: 'linear', axes: [2, 3], keep_aspect_ratio_policy: 'not_larger' });
  resize([values([0, 0, 0.2, 0.1, 1, 1, 1.1, 0.8]), null, integers([1, 2, 3, 4])], {
    mode: 'linear',
    coordinate_transformation_mode: 'tf_crop_and_resize',
    extrapolation_value: float(2.5),
  });
  checkLowering({
    op: 'Resize',
    inputs: [image(), values([1, 1, 2, 0.6])],
    attributes: { mode: 'nearest' },
    opset: 10,
    constant: [1],
  });
  checkLowering({
    op: 'Resize',
    inputs: [image(), values([1, 1, 2, 3])],
    attributes: { mode: 'linear' },
    opset: 10,
    constant: [1],
  });
  checkLowering({
    op: 'Upsample',
    inputs: [image(), values([1, 1, 2, 3])],
    attributes: { mode: 'nearest' },
    opset: 9,
    constant: [1],
  });
  checkLowering({
    op: 'Upsample',
    inputs: [image()],
    attributes: { mode: 'linear', scales: floats([1, 1, 2, 2]) },
    opset: 7,
  });
});
