import { describe, expect, it } from 'vitest';
import { filled, node, sourceGraph, weights } from '../../test/unit/sourceGraph';
import { tieEqualInitializers } from './ties';

describe('one parameter that the file stores twice', () => {
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

  it('is read from the first copy through a Transpose', () => {
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

  it('is not found in tensors that differ in one bit or are constant', () => {
    const data = (transposed.data as Float32Array).slice();
    data[17] += 1e-6;
    expect(tieEqualInitializers(model({ ...transposed, data })).ties).toEqual([]);
    expect(tieEqualInitializers(model(filled([5, 6], 0.5), filled([6, 5], 0.5))).ties).toEqual([]);
  });

  it('is not found in layers that began as copies of one another', () => {
    const layer = weights('layer', [4, 4]);
    const names = { nodes: ['/layers.0/MatMul', '/layers.1/MatMul'], weights: ['layers.0.weight', 'layers.1.weight'] };
    const layers = (first: string, second: string, nodes: readonly string[]) =>
      sourceGraph({
        nodes: [
          { ...node('MatMul', `x ${first}`, 'h'), name: nodes[0] },
          { ...node('MatMul', `h ${second}`, 'y'), name: nodes[1] },
        ],
        initializers: { [first]: layer, [second]: { ...layer } },
      });
    expect(tieEqualInitializers(layers('w1', 'w2', ['first', 'second'])).ties).toHaveLength(1);
    expect(tieEqualInitializers(layers('w1', 'w2', names.nodes)).ties).toEqual([]);
    expect(tieEqualInitializers(layers(names.weights[0], names.weights[1], ['first', 'second'])).ties).toEqual([]);
  });
});
