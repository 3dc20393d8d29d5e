import { describe } from 'vitest';
import type { OperatorCase } from '../../test/unit/checkLowering';
import { checkLowering, float, floats } from '../../test/unit/checkLowering';
import type { Operand } from '../../test/unit/checkRule';
import { awayFromZero, inside, normal } from '../../test/unit/checkRule';

const int32 = (values: readonly number[], shape: readonly number[]): Operand => ({ shape, values, dtype: 'int32' });
const contrib = (op: string, inputs: OperatorCase['inputs'], more: Partial<OperatorCase> = {}) =>
  checkLowering({ op, domain: 'com.microsoft', inputs, ...more });

describe('activations of com.microsoft', () => {
  contrib('Gelu', [normal([2, 3])]);
  contrib('FastGelu', [normal([2, 3])]);
  contrib('FastGelu', [normal([2, 3]), normal([3])]);
  contrib('QuickGelu', [normal([2, 3])]);
  contrib('QuickGelu', [normal([2, 3])], { attributes: { alpha: float(1.25) } });
  contrib('BiasGelu', [normal([2, 3]), normal([3])]);
});

describe('products of com.microsoft', () => {
  contrib('FusedMatMul', [normal([2, 3, 4]), normal([2, 4, 5])], { attributes: { alpha: float(0.5) } });
  contrib('FusedMatMul', [normal([2, 4, 3]), normal([2, 5, 4])], { attributes: { transA: 1, transB: 1 } });
  contrib('FusedMatMul', [normal([3, 2, 4]), normal([4, 2, 5])], { attributes: { transBatchA: 1, transBatchB: 1 } });
  contrib('FusedMatMul', [normal([4]), normal([4, 5])]);
  contrib('FusedGemm', [normal([2, 3]), normal([4, 3]), normal([4])], {
    attributes: { transB: 1, alpha: float(0.5), activation: 'Tanh' },
  });
  contrib('FusedGemm', [normal([2, 3]), normal([3, 4]), normal([4])], {
    attributes: { activation: 'LeakyRelu', activation_alpha: float(0.3) },
    withoutDerivative: true,
  });
  const fused: OperatorCase['attributes'][] = [
    { activation: 'Selu', activation_alpha: float(1.6), activation_gamma: float(1.1) },
    { activation: 'Elu', activation_alpha: float(0.7) },
    { activation: 'ThresholdedRelu', activation_alpha: float(0.2) },
    { activation: 'Softsign' },
  ];
  for (const attributes of fused) {
    contrib('FusedGemm', [normal([2, 3]), normal([3, 4]), normal([4])], { attributes, withoutDerivative: true });
  }
  contrib('FusedConv', [inside([1, 2, 4, 4]), inside([3, 2, 3, 3]), inside([3])], {
    attributes: { activation: 'Sigmoid', pads: [1, 1, 1, 1] },
  });
  contrib('FusedConv', [normal([1, 2, 4, 4]), normal([3, 2, 3, 3]), normal([3]), normal([1, 3, 2, 2])], {
    attributes: { activation: 'Relu' },
    withoutDerivative: true,
  });
  contrib('FusedConv', [normal([1, 2, 4, 4]), normal([3, 2, 3, 3])], {
    attributes: { activation: 'Clip', activation_params: floats([-0.5, 1]) },
    withoutDerivative: true,
  });
  contrib('FusedConv', [normal([1, 2, 4, 4]), normal([3, 2, 3, 3])], {
    attributes: { activation: 'HardSigmoid', activation_params: floats([0.3, 0.4]) },
    withoutDerivative: true,
  });
});

describe('normalizations of com.microsoft', () => {
  const [x, skip] = [awayFromZero([2, 3, 4]), awayFromZero([2, 3, 4])];
  const [gamma, beta, bias] = [normal([4]), normal([4]), normal([4])];
  contrib('SkipLayerNormalization', [x, skip, gamma, beta, bias], { outputs: ['y', '', '', 'sum'] });
  contrib('SkipLayerNormalization', [x, skip, gamma], { attributes: { epsilon: float(0.5) } });
  contrib('SkipSimplifiedLayerNormalization', [x, skip, gamma, bias], { outputs: ['y', '', '', 'sum'] });
  contrib('SkipSimplifiedLayerNormalization', [x, skip, gamma], { attributes: { epsilon: float(0.5) } });
  checkLowering({ op: 'SimplifiedLayerNormalization', inputs: [x, gamma], attributes: { epsilon: float(0.01) } });

  const [ids, segments] = [int32([0, 3, 1, 4, 4, 2], [2, 3]), int32([0, 0, 1, 0, 1, 1], [2, 3])];
  const tables = [normal([5, 4]), normal([3, 4]), normal([2, 4])];
  contrib('EmbedLayerNormalization', [ids, segments, ...tables, gamma, beta, int32([1, 1, 1, 1, 0, 0], [2, 3])], {
    outputs: 3,
    attributes: { epsilon: float(0.01) },
  });
  contrib('EmbedLayerNormalization', [ids, null, tables[0], tables[1], null, gamma, beta], {
    outputs: 2,
    fed: [0],
    attributes: { epsilon: float(0.01) },
    about: 'tokens from the data',
  });
});

describe('indexing of com.microsoft', () => {
  contrib('ExpandDims', [normal([2, 3]), int32([-1], [])]);
});
