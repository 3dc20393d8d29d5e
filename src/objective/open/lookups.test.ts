import { expect, it } from 'vitest';
import { node, sourceGraph, weights } from '../../../test/unit/sourceGraph';
import { lookupsOf } from './lookups';

it('finds the tables that inputs look things up in, behind casts and inside of fused embeddings', () => {
  const inputs = ['ids', 'segments', 'x'].map((name) => ({ name, dtype: 'int64' as const, shape: ['batch', 4] }));
  const tables = { words: weights('w', [20, 4]), places: weights('p', [8, 4]), segment: weights('s', [2, 4]) };
  const source = sourceGraph({
    nodes: [
      node('Cast', 'ids', 'narrow', { to: 6 }),
      node('com.microsoft.EmbedLayerNormalization', 'narrow segments words places segment gamma beta', 'e'),
      node('Gather', 'other x', 'g'),
      node('Gather', 'other x', 'h', { axis: 1 }),
    ],
    initializers: { ...tables, other: weights('o', [5, 6]), gamma: weights('g', [4]), beta: weights('b', [4]) },
    inputs,
  });
  expect(lookupsOf(source)).toEqual([
    { input: 'ids', table: 'words', rows: 20 },
    { input: 'segments', table: 'segment', rows: 2 },
    { input: 'x', table: 'other', rows: 5 },
  ]);
});
