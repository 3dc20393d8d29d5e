import { describe, expect, it } from 'vitest';
import type { GraphParts } from '../../test/unit/sourceGraph';
import { filled, floats, node, sourceGraph, weights } from '../../test/unit/sourceGraph';
import { withGatheredTables } from './gatheredTables';
import { classifyParameters } from './parameters';
import type { Tensor } from '../graph/tensor';

const [HEADS, SIDE] = [2, 3];
const PLACES = SIDE * SIDE;

/** Swin's index: the table has one entry for each difference of two positions in a window. */
const difference = (a: number, b: number) => {
  const [dy, dx] = [Math.floor(a / SIDE) - Math.floor(b / SIDE), (a % SIDE) - (b % SIDE)];
  return (dy + SIDE - 1) * (2 * SIDE - 1) + dx + SIDE - 1;
};
const table = weights('table', [HEADS, (2 * SIDE - 1) ** 2]);

function gathered(values: Tensor): number[] {
  const columns = values.shape[1];
  return Array.from({ length: HEADS * PLACES * PLACES }, (_, i) => {
    const [head, a, b] = [Math.floor(i / PLACES ** 2), Math.floor(i / PLACES) % PLACES, i % PLACES];
    return Number(values.data[head * columns + difference(a, b)]);
  });
}

const parts = (bias: Tensor): GraphParts => ({
  nodes: [
    node('MatMul', 'x w', 'q'),
    node('Unsqueeze', 'bias axis', 'b'),
    node('Add', 'q b', 'scores'),
    node('Softmax', 'scores', 'y'),
  ],
  initializers: { w: weights('w', [4, PLACES]), bias },
});

describe('a table that an exporter gathered', () => {
  it('becomes a parameter, and the constant becomes a lookup in it', () => {
    const { source, tables } = withGatheredTables(
      sourceGraph(parts(floats(gathered(table), [HEADS, PLACES, PLACES]))),
      new Set(),
    );
    expect(tables).toEqual([{ name: 'bias', shape: [HEADS, 25] }]);
    const found = source.initializers.get('bias')!;
    expect([...found.data].map(Number).sort()).toEqual([...table.data].map(Number).sort());
    const places = source.initializers.get('bias (places)')!;
    const again = [0, 1].flatMap((head) =>
      Array.from(places.data as BigInt64Array, (p) => Number(found.data[head * 25 + Number(p)])),
    );
    expect(again).toEqual(gathered(table));
    expect(classifyParameters(source).flatMap((c) => (c.trained ? [c.name] : []))).toEqual(['bias', 'w']);
  });

  it('is not restored if the constant is in the code of the model', () => {
    const graph = sourceGraph(parts(floats(gathered(table), [HEADS, PLACES, PLACES])));
    expect(withGatheredTables(graph, new Set(['bias'])).source).toBe(graph);
  });

  it.each([
    ['different numbers everywhere', weights('bias', [HEADS, PLACES, PLACES])],
    [
      'a mask',
      floats(
        Array.from({ length: HEADS * PLACES * PLACES }, (_, i) => (i % 7 ? 0 : -100)),
        [HEADS, PLACES, PLACES],
      ),
    ],
    ['zeros', filled([HEADS, PLACES, PLACES], 0)],
    [
      'weights of four bits, which repeat at other places in each head',
      floats(
        Array.from(weights('bits', [HEADS * PLACES * PLACES]).data as Float32Array, (v) => Math.round(4 * v)),
        [HEADS, PLACES, PLACES],
      ),
    ],
  ])('is not found in %s', (_, bias) => {
    expect(withGatheredTables(sourceGraph(parts(bias)), new Set()).tables).toEqual([]);
  });
});
