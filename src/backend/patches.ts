import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import { sizeOf } from '../graph/tensor';
import type { ConvGeometry } from '../graph/unroll';
import { positions } from '../graph/unroll';

/*
 * Unrolls by one Gather of whole rows, instead of a slice for each kernel position. A row holds the channels of a place, or
 * channels and samples, so that the runtime copies long stretches on all threads.
 */

/** Larger tables of places are not worth their memory. */
const TABLE_LIMIT = 2 ** 16;

/** The rows that make up a patch, by place and kernel position; `outside` marks positions beyond the operand. */
export interface PatchTable {
  /** [places, positions] */
  rows: Value;
  places: number;
  positions: number;
  /** Rows of the operand itself; the one after them is zero. */
  outside: number;
}

const tables = new WeakMap<GraphBuilder, Map<string, PatchTable>>();

/**
 * The input places that each output place reads (`input`), or the output places that each input place contributed to
 * (`output`); null if the table would be too large. Equal tables are one value, so that residuals are shared.
 */
export function patchTable(g: GraphBuilder, geometry: ConvGeometry, side: 'input' | 'output'): PatchTable | null {
  const { kernel, input, output, strides, pads, dilations } = geometry;
  const [from, to] = side === 'input' ? [input, output] : [output, input];
  if (sizeOf(to) * sizeOf(kernel) > TABLE_LIMIT) return null;
  const known = tables.get(g) ?? new Map<string, PatchTable>();
  tables.set(g, known);
  const key = JSON.stringify([side, kernel, input, output, strides, pads, dilations]);
  const found = known.get(key);
  if (found) return found;
  const outside = sizeOf(from);
  const met = (place: number, position: number, i: number): number => {
    if (side === 'input') return place * strides[i] - pads[i] + position * dilations[i];
    return (place + pads[i] - position * dilations[i]) / strides[i];
  };
  const rows = positions(to).flatMap((place) =>
    positions(kernel).map((position) => {
      const at = place.map((q, i) => met(q, position[i], i));
      if (at.some((q, i) => !Number.isInteger(q) || q < 0 || q >= from[i])) return outside;
      return at.reduce((row, q, i) => row * from[i] + q, 0);
    }),
  );
  const shape = [sizeOf(to), sizeOf(kernel)];
  const table = { rows: g.indices(rows, shape), places: shape[0], positions: shape[1], outside };
  known.set(key, table);
  return table;
}

/** x [N,C,…] → [N, places, positions · C] */
export function patchesBySample(g: GraphBuilder, x: Value, { rows, places, positions, outside }: PatchTable): Value {
  const [samples, channels] = x.shape;
  const last = g.swapLast(g.reshape(x, [samples, channels, outside]));
  const gathered = g.gather(g.pad(last, [0, 0, 0], [0, 1, 0]), rows, 1);
  return g.reshape(gathered, [samples, places, positions * channels]);
}

/** x [N,C,…] → [places, positions · C, N] */
export function patchesByPlace(g: GraphBuilder, x: Value, { rows, places, positions, outside }: PatchTable): Value {
  const [samples, channels] = x.shape;
  const first = g.transpose(g.reshape(x, [samples, channels, outside]), [2, 1, 0]);
  const gathered = g.gather(g.pad(first, [0, 0, 0], [1, 0, 0]), rows, 0);
  return g.reshape(gathered, [places, positions * channels, samples]);
}
