import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../graph/builder';
import { constantOf } from '../graph/graph';
import type { ConvGeometry } from '../graph/unroll';
import { patchTable } from './patches';

/** One channel on a line of places. */
const line = (more: Partial<ConvGeometry>): ConvGeometry => ({
  samples: 1,
  c: 1,
  m: 1,
  group: 1,
  kernel: [3],
  input: [4],
  output: [4],
  strides: [1],
  pads: [1, 1],
  dilations: [1],
  ...more,
});

function rowsOf(geometry: ConvGeometry, side: 'input' | 'output'): (number | 'outside')[][] {
  const table = patchTable(new GraphBuilder(), geometry, side)!;
  const flat = Array.from(constantOf(table.rows)!.data as BigInt64Array, Number);
  return Array.from({ length: table.places }, (_, place) =>
    flat
      .slice(place * table.positions, (place + 1) * table.positions)
      .map((row) => (row === table.outside ? 'outside' : row)),
  );
}

describe('the table of patches', () => {
  it('lists the input positions that each output position reads', () => {
    expect(rowsOf(line({}), 'input')).toEqual([
      ['outside', 0, 1],
      [0, 1, 2],
      [1, 2, 3],
      [2, 3, 'outside'],
    ]);
  });

  it('lists the output positions that each input position contributes to', () => {
    expect(rowsOf(line({}), 'output')).toEqual([
      [1, 0, 'outside'],
      [2, 1, 0],
      [3, 2, 1],
      ['outside', 3, 2],
    ]);
  });

  it('moves by the stride and spreads by the dilation', () => {
    const geometry = line({ input: [7], output: [3], strides: [2], dilations: [2], pads: [1, 1] });
    expect(rowsOf(geometry, 'input')).toEqual([
      ['outside', 1, 3],
      [1, 3, 5],
      [3, 5, 'outside'],
    ]);
    // Input places between two steps contribute to nothing.
    expect(rowsOf(geometry, 'output')[2]).toEqual(['outside', 'outside', 'outside']);
  });

  it('counts positions in row-major order', () => {
    const plane = line({ kernel: [1, 2], input: [2, 3], output: [2, 2], strides: [1, 1], pads: [0, 0, 0, 0] });
    expect(rowsOf({ ...plane, dilations: [1, 1] }, 'input')).toEqual([
      [0, 1],
      [1, 2],
      [3, 4],
      [4, 5],
    ]);
  });

  it('is not made if it would be too large', () => {
    const large = line({ input: [2 ** 15], output: [2 ** 15] });
    expect(patchTable(new GraphBuilder(), large, 'input')).toBeNull();
  });

  it('is made once for each geometry, so that residuals are shared', () => {
    const g = new GraphBuilder();
    expect(patchTable(g, line({}), 'input')).toBe(patchTable(g, line({ samples: 5 }), 'input'));
    expect(patchTable(g, line({}), 'input')).not.toBe(patchTable(g, line({}), 'output'));
  });
});
