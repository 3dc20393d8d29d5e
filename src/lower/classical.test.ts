import { describe } from 'vitest';
import { checkLowering, float, floats } from '../../test/unit/checkLowering';
import { awayFromZero, integers, normal, values } from '../../test/unit/checkRule';

const classical = (op: string, inputs: Parameters<typeof checkLowering>[0]['inputs'], more: object = {}) =>
  checkLowering({ op, domain: 'ai.onnx.ml', inputs, ...more });

describe('operators that scikit-learn writes around a network', () => {
  classical('Scaler', [normal([3, 2])], { attributes: { offset: floats([1, -2]), scale: floats([0.5, 2]) } });
  for (const norm of ['L1', 'L2']) classical('Normalizer', [awayFromZero([3, 4])], { attributes: { norm } });
  classical('Binarizer', [awayFromZero([3, 4])], { attributes: { threshold: float(0.25) }, withoutDerivative: true });
  classical('Imputer', [values([1, NaN, 3, NaN, 5, 6], [2, 3])], {
    attributes: { imputed_value_floats: floats([7, 8, 9]), replaced_value_float: float(NaN) },
    withoutDerivative: true,
  });
  classical('Imputer', [awayFromZero([2, 3])], {
    attributes: { imputed_value_floats: floats([7, 8, 9]), replaced_value_float: float(0) },
  });
  classical('ArrayFeatureExtractor', [normal([3, 4]), integers([2, 0, 2], [1, 3])]);
});
