import { describe, expect, it } from 'vitest';
import { fileOf, loweredRun } from '../../test/unit/exportedModel';
import { node, sourceGraph, weights } from '../../test/unit/sourceGraph';
import { awayFromZero, distinct, integers, normal } from '../../test/unit/checkRule';
import { checkLowering } from '../../test/unit/checkLowering';

describe('pooling', () => {
  const window = { kernel_shape: [3, 2], strides: [2, 1] };
  checkLowering({
    op: 'AveragePool',
    inputs: [normal([1, 2, 6, 5])],
    attributes: { ...window, pads: [1, 0, 1, 1], count_include_pad: 1 },
  });
  checkLowering({
    op: 'AveragePool',
    inputs: [normal([1, 2, 6, 5])],
    attributes: { ...window, pads: [1, 0, 1, 1], ceil_mode: 1 },
  });
  checkLowering({
    op: 'AveragePool',
    inputs: [normal([1, 1, 7, 7])],
    attributes: { ...window, dilations: [2, 2] },
    opset: 19,
  });
  checkLowering({ op: 'LpPool', inputs: [normal([1, 2, 6, 5])], attributes: { ...window, p: 2 } });
  checkLowering({
    op: 'LpPool',
    inputs: [awayFromZero([1, 2, 6, 5])],
    attributes: { ...window, p: 3, auto_pad: 'SAME_UPPER' },
  });
  checkLowering({ op: 'GlobalLpPool', inputs: [normal([2, 2, 3, 3])], attributes: { p: 2 } });
  checkLowering({ op: 'GlobalMaxPool', inputs: [distinct([2, 2, 3])] });
  const columns = { kernel_shape: [2, 2], strides: [2, 2], storage_order: 1 };
  checkLowering({ op: 'MaxPool', inputs: [distinct([1, 2, 4, 6])], attributes: columns, outputs: 2 });
  const places = integers([5, 7, 13, 15], [1, 1, 2, 2]);
  checkLowering({
    op: 'MaxUnpool',
    inputs: [normal([1, 1, 2, 2]), places],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
    fed: [1],
  });
});

it('a window with the wrong number of axes is refused by name', async () => {
  const model = sourceGraph({
    nodes: [node('MaxPool', 'x', 'p', { kernel_shape: [1, 2, 2, 1] }), node('Mul', 'p w', 'y')],
    initializers: { w: weights('w', [3]) },
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 2, 4, 4] }],
  });
  await expect(loweredRun(fileOf(model), { x: weights('x', [1, 2, 4, 4]) })).rejects.toThrow(
    /window 1 × 2 × 2 × 1 of MaxPool is for 4 axes/,
  );
});
