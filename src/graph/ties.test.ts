import { describe, expect, it } from 'vitest';
import { filled, node, sourceGraph, weights } from '../../test/unit/sourceGraph';
import { splitMergedInitializers, tieEqualInitializers } from './ties';

describe('equal tensors that the exporter stored once', () => {
  const layers = (second: string) => [node('Gemm', 'x w1 zeros', 'h'), node('Gemm', `h ${second} zeros`, 'y')];
  const initializers = { w1: weights('w1', [4, 4]), w2: weights('w2', [4, 4]), zeros: filled([4], 0) };

  it('become one for each use again', () => {
    const { source, split } = splitMergedInitializers(sourceGraph({ nodes: layers('w2'), initializers }));
    expect(split).toEqual(['zeros']);
    expect(source.nodes.map(({ inputs }) => inputs[2])).toEqual(['zeros', 'zeros/2']);
    expect(source.initializers.get('zeros/2')).toBe(initializers.zeros);
  });

  it('stay one where they belong to a layer that is run twice', () => {
    expect(splitMergedInitializers(sourceGraph({ nodes: layers('w1'), initializers })).split).toEqual([]);
  });

  it('stay one where their elements differ: equal by training, not by chance', () => {
    const shared = { ...initializers, zeros: weights('b', [4]) };
    expect(splitMergedInitializers(sourceGraph({ nodes: layers('w2'), initializers: shared })).split).toEqual([]);
  });
});

describe('one parameter that the file holds twice', () => {
  const embedding = weights('embedding', [6, 5]);
  const transposed = {
    ...embedding,
    shape: [5, 6],
    data: Float32Array.from({ length: 30 }, (_, i) => embedding.data[(i % 6) * 5 + Math.floor(i / 6)] as number),
  };
  const model = (head: typeof embedding, table = embedding) =>
    sourceGraph({
      nodes: [node('Gather', 'embedding ids', 'e'), node('MatMul', 'e head', 'y')],
      initializers: { embedding: table, head },
    });

  it('is read through a Transpose from the first', () => {
    const { source, ties } = tieEqualInitializers(model(transposed));
    expect(ties).toEqual([{ name: 'embedding', copy: 'head', transposed: true }]);
    expect([...source.initializers.keys()]).toEqual(['embedding']);
    expect(source.nodes[0]).toMatchObject({ op: 'Transpose', inputs: ['embedding'], outputs: ['head'] });
  });

  it('is found as a plain copy too', () => {
    const square = weights('square', [5, 5]);
    const { source, ties } = tieEqualInitializers(model({ ...square }, square));
    expect(ties).toEqual([{ name: 'embedding', copy: 'head', transposed: false }]);
    expect(source.nodes[0].op).toBe('Identity');
  });

  it('is not seen in tensors that differ in one bit, or that are constant', () => {
    const data = (transposed.data as Float32Array).slice();
    data[17] += 1e-6;
    expect(tieEqualInitializers(model({ ...transposed, data })).ties).toEqual([]);
    expect(tieEqualInitializers(model(filled([5, 6], 0.5), filled([6, 5], 0.5))).ties).toEqual([]);
  });
});
