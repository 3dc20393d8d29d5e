import { describe, expect, it } from 'vitest';
import { fileOf, loweredRun } from '../../test/unit/exportedModel';
import { ints, node, sourceGraph, weights } from '../../test/unit/sourceGraph';
import { GraphBuilder } from '../graph/builder';
import type { Tensor } from '../graph/tensor';
import { distinct, integers, normal, values } from '../../test/unit/checkRule';
import { checkLowering } from '../../test/unit/checkLowering';

describe('gathering, with indices from the data', () => {
  checkLowering({
    op: 'GatherElements',
    inputs: [normal([3, 4]), integers([0, 2, -1, 1, 0, 0], [2, 3])],
    attributes: { axis: 0 },
    fed: [1],
  });
  checkLowering({
    op: 'GatherElements',
    inputs: [normal([2, 3, 2]), integers([2, 0, 1, 1], [2, 1, 2])],
    attributes: { axis: 1 },
    fed: [1],
  });
  checkLowering({ op: 'GatherND', inputs: [normal([3, 2, 4]), integers([0, 1, 2, -1], [2, 2])], fed: [1] });
  checkLowering({
    op: 'GatherND',
    inputs: [normal([2, 3, 2]), integers([1, 2], [2, 1])],
    attributes: { batch_dims: 1 },
    fed: [1],
  });
  checkLowering({
    op: 'OneHot',
    inputs: [integers([1, -1, 7]), integers([4], []), values([0.5, 3])],
    attributes: { axis: 0 },
    fed: [0],
  });
  checkLowering({
    op: 'ReverseSequence',
    inputs: [normal([4, 3, 2]), integers([1, 4, 2])],
    attributes: { time_axis: 0, batch_axis: 1 },
    fed: [1],
  });
  checkLowering({
    op: 'TopK',
    inputs: [distinct([3, 5]), integers([2])],
    attributes: { axis: 1, largest: 0 },
    outputs: 2,
  });
  checkLowering({ op: 'TopK', inputs: [distinct([5])], attributes: { k: 3 }, opset: 9, outputs: 2 });
  checkLowering({
    op: 'Compress',
    inputs: [normal([3, 2]), { ...values([1, 0, 1]), dtype: 'bool' }],
    attributes: { axis: 0 },
  });
});

describe('scattering, with indices from the data', () => {
  const indices = integers([1, 0, 2, 0, 2, 1], [2, 3]);
  checkLowering({
    op: 'ScatterElements',
    inputs: [normal([3, 3]), indices, normal([2, 3])],
    attributes: { axis: 0 },
    fed: [1],
  });
  checkLowering({
    op: 'ScatterElements',
    inputs: [normal([3, 3]), integers([1, 1, -1], [1, 3]), normal([1, 3])],
    attributes: {
      axis: 1,
      reduction: 'add',
    },
    fed: [1],
  });
  for (const reduction of ['mul', 'max', 'min']) {
    checkLowering({
      op: 'ScatterElements',
      inputs: [distinct([2, 3]), integers([1, 1, 0, 2], [2, 2]), normal([2, 2])],
      attributes: {
        axis: 1,
        reduction,
      },
      fed: [1],
    });
    checkLowering({
      op: 'ScatterND',
      inputs: [distinct([3, 2]), integers([2, 2, 0], [3, 1]), normal([3, 2])],
      attributes: { reduction },
      fed: [1],
    });
  }
  checkLowering({ op: 'ScatterND', inputs: [normal([4, 2]), integers([3, 1], [2, 1]), normal([2, 2])], fed: [1] });
  checkLowering({
    op: 'ScatterND',
    inputs: [normal([2, 3]), integers([0, 1, 1, 2, 0, 1], [3, 2]), normal([3])],
    attributes: { reduction: 'add' },
    fed: [1],
  });
  checkLowering({ op: 'Trilu', inputs: [normal([2, 3, 4]), integers([-1], [])], attributes: { upper: 0 } });
});

describe('indices in the file', () => {
  const opened = async (op: string, values: number[]) => {
    const inputs = op === 'ScatterElements' ? 'h i u' : 'h i';
    const graph = sourceGraph({
      nodes: [node('Add', 'x b', 'h'), node(op, inputs, 'y', { axis: 1 })],
      initializers: { b: weights('b', [4]), i: ints(values, [1, 2]), u: weights('u', [1, 2]) },
      inputs: [{ name: 'x', dtype: 'float32', shape: [1, 4] }],
    });
    return loweredRun(fileOf(graph), { x: weights('x', [1, 4]) });
  };

  it.each(['Gather', 'GatherElements', 'ScatterElements'])('are refused by %s if the axis is shorter', async (op) => {
    await expect(opened(op, [0, 4])).rejects.toThrow(`${op} picks index 4 of an axis of 4.`);
    await expect(opened(op, [-5, 0])).rejects.toThrow(`${op} picks index -5 of an axis of 4.`);
    await expect(opened(op, [-4, 3])).resolves.toBeDefined();
  });

  it('are not checked if the lowering itself made them', () => {
    const g = new GraphBuilder();
    const unread: Tensor = {
      dtype: 'int64',
      shape: [100],
      get data(): never {
        throw new Error('read');
      },
    };
    expect(g.gather(g.input('x', 'float32', [5]), g.constant(unread), 0).shape).toEqual([100]);
  });
});
