import { describe, expect, it } from 'vitest';
import type { GraphParts } from '../../test/unit/sourceGraph';
import { floats, ints, node, sourceGraph, weights } from '../../test/unit/sourceGraph';
import type { SourceInput } from '../graph/source';
import { fromFront, samplePlaces, toFront } from './sampleAxis';

const input = (name: string, shape: SourceInput['shape']): SourceInput => ({ name, dtype: 'float32', shape });

function axesOf(parts: Pick<GraphParts, 'nodes' | 'inputs'>, initializers: GraphParts['initializers'] = {}) {
  const places = samplePlaces(sourceGraph({ ...parts, initializers }));
  return Object.fromEntries([...places].map(([name, { axis, state }]) => [name, state ? `${axis}, a state` : axis]));
}

describe('samples are counted on', () => {
  it('the first axis, unless another axis is named after the batch', () => {
    const nodes = [node('Add', 'x m', 'y')];
    expect(axesOf({ nodes, inputs: [input('x', [3, 'batch_size', 4]), input('m', ['batch', 'batch'])] })).toEqual({
      x: 1,
      m: 0,
    });
    expect(axesOf({ nodes, inputs: [input('x', [5, 3]), input('m', ['N', 3])] })).toEqual({ x: 0, m: 0 });
  });

  it('the middle axis if a recurrent layer reads the sequences and initial states directly', () => {
    const lstm = node('LSTM', 'x w r . . h c', 'all last cell');
    const inputs = [input('x', [7, 3, 5]), input('h', [1, 3, 4]), input('c', [1, 3, 4])];
    expect(axesOf({ nodes: [lstm], inputs })).toEqual({ x: 1, h: '1, a state', c: '1, a state' });
    const first = { ...lstm, attributes: { layout: { kind: 'int' as const, value: 1 } } };
    expect(axesOf({ nodes: [first], inputs })).toEqual({ x: 0, h: '0, a state', c: '0, a state' });
  });

  it('the axis that becomes the middle axis of a recurrent layer', () => {
    const nodes = [
      node('Transpose', 'x', 't', { perm: [1, 0, 2] }),
      node('GRU', 't w r . . first', 'a'),
      node('Slice', 'h from to', 'first'),
      node('Gather', 'table ids', 'looked'),
      node('MatMul', 'looked p', 'q'),
      node('RNN', 'q w r', 'b'),
    ];
    const inputs = [
      input('x', ['N', 7, 5]),
      input('h', [2, 'N', 4]),
      { ...input('ids', [7, 3]), dtype: 'int64' as const },
    ];
    const table = { table: weights('t', [9, 4]), p: weights('p', [4, 5]), from: ints([0]), to: ints([1]) };
    expect(axesOf({ nodes, inputs }, table)).toEqual({ x: 0, h: '1, a state', ids: 1 });
  });

  it('the middle axis of an initial state that is also read elsewhere', () => {
    const nodes = [node('RNN', 'x w r . . h', 'a'), node('Add', 'h one', 'b')];
    const inputs = [input('x', [7, 3, 5]), input('h', [1, 3, 4])];
    expect(axesOf({ nodes, inputs }, { one: floats([1]) })).toEqual({ x: 1, h: 1 });
  });
});

it('an axis moves to the front and back', () => {
  const shape = ['a', 'b', 'c', 'd'];
  const front = toFront(4, 2).map((axis) => shape[axis]);
  expect(front).toEqual(['c', 'a', 'b', 'd']);
  expect(fromFront(4, 2).map((axis) => front[axis])).toEqual(shape);
});
