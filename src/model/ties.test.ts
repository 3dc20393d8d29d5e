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

describe('many weights that look alike', () => {
  const [layers, width] = [40, 16];
  const size = width * width;
  /** Counts how many elements the search reads of all weights together. */
  function readsOf(content: (layer: number) => Float32Array) {
    let reads = 0;
    const counted = (data: Float32Array): Float32Array =>
      new Proxy(data, {
        get(target, key) {
          if (typeof key === 'string' && /^\d/.test(key)) reads++;
          return Reflect.get(target, key, target) as unknown;
        },
      });
    const names = Array.from({ length: layers }, (_, i) => `w${i}`);
    const { ties } = tieEqualInitializers(
      sourceGraph({
        nodes: names.map((name, i) => ({ ...node('MatMul', `h${i} ${name}`, `h${i + 1}`), name: `product ${name}` })),
        initializers: Object.fromEntries(
          names.map((name, i) => [name, { ...filled([width, width], 0), data: counted(content(i)) }]),
        ),
      }),
    );
    return { ties, reads };
  }

  it('are read once where each repeats one number', () => {
    const { ties, reads } = readsOf(() => new Float32Array(size).fill(0.5));
    expect(ties).toEqual([]);
    expect(reads).toBeLessThanOrEqual(layers * (size + 2));
  });

  it('are read a few times where they differ in one element', () => {
    const { ties, reads } = readsOf((layer) => {
      const data = new Float32Array(size);
      // Off the diagonal and off the few elements that are looked at first.
      data[width * (1 + (layer % 14)) + 15 - Math.floor(layer / 14)] = 1;
      return data;
    });
    expect(ties).toEqual([]);
    expect(reads).toBeLessThan(layers * 6 * size);
  });

  it('are read a few times where all are the same', () => {
    const data = weights('shared', [width, width]).data as Float32Array;
    const { ties, reads } = readsOf(() => data.slice());
    expect(ties).toHaveLength(layers - 1);
    expect(reads).toBeLessThan(layers * 6 * size);
  });
});
