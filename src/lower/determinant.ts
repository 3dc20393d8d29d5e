import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import type { LoweringTable } from './context';
import { upTo } from '../graph/limits';

/** Beyond it, there are too many minors. */
const LARGEST = 8;

export const determinantLowerings: LoweringTable = {
  /** det of the last two axes, by minors: a polynomial, which is differentiable also at singular matrices. */
  Det(c) {
    const { g, x } = c;
    const n = x.shape[x.shape.length - 1];
    if (n > LARGEST) c.fail(`Det of ${n} × ${n} matrices; up to ${LARGEST} × ${LARGEST} are supported.`);
    return g.reshape(minor(g, x, 0, upTo(n)), x.shape.slice(0, -2));
  },
};

/** det of the rows from `row` on and the given columns, expanded along the first of these rows; equal minors are one. */
function minor(g: GraphBuilder, x: Value, row: number, columns: readonly number[]): Value {
  const rank = x.shape.length;
  const entry = (column: number) => g.sliceAxis(g.sliceAxis(x, rank - 2, row, row + 1), rank - 1, column, column + 1);
  if (columns.length === 1) return entry(columns[0]);
  const terms = columns.map((column, i) => {
    const rest = columns.filter((other) => other !== column);
    const term = g.mul(entry(column), minor(g, x, row + 1, rest));
    return i % 2 === 0 ? term : g.neg(term);
  });
  return terms.reduce((sum, term) => g.add(sum, term));
}
