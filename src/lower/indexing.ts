import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import { sizeOf, tensor } from '../graph/tensor';
import { elementPlaces, gatherFlat, rowMajorStrides, wrapIndices } from '../graph/places';
import type { LowerContext, LoweringTable } from './context';
import { knownIndices } from './context';
import { product } from './product';
import { counted, upTo } from '../graph/limits';

/**
 * Operators that pick or place elements by indices. All become Gather and ScatterAdd over the flattened tensor, so that
 * indices may be constants or data alike.
 */
export const indexingLowerings: LoweringTable = {
  GatherElements(c) {
    const axis = c.axis(c.int('axis', 0));
    knownIndices(c, c.x.shape[axis]);
    const places = elementPlaces(c.g, c.input(1), c.x.shape, axis);
    return gatherFlat(c.g, c.x, places);
  },
  GatherND(c) {
    const { g, x } = c;
    const batch = c.int('batch_dims', 0);
    const { rows, rest } = tuplePlaces(g, c.input(1), x.shape, batch);
    const table = g.reshape(x, [sizeOf(x.shape) / sizeOf(rest), ...rest]);
    return g.gather(table, rows, 0);
  },
  ScatterElements: scatterElements,
  /** The name of ScatterElements before opset 11. */
  Scatter: scatterElements,
  ScatterND(c) {
    const { g, x } = c;
    const { rows, rest } = tuplePlaces(g, c.input(1), x.shape, 0);
    const count = sizeOf(rows.shape);
    const updates = g.reshape(c.input(2), [count, ...rest]);
    const table = g.reshape(x, [sizeOf(x.shape) / sizeOf(rest), ...rest]);
    const result = scatterRows(c, table, g.reshape(rows, [count]), updates, c.string('reduction', 'none'));
    return g.reshape(result, x.shape);
  },
  /** on at [… indices …], off elsewhere; an index outside −depth … depth−1 gives off everywhere. */
  OneHot(c) {
    const { g } = c;
    const indices = g.cast(c.x, 'int64');
    const depth = c.constants(1)?.[0] ?? c.fail('OneHot without a depth.');
    const axis = c.axis(c.int('axis', -1), indices.shape.length + 1);
    const classes = g.reshape(g.indices(upTo(depth)), [depth, ...indices.shape.slice(axis).map(() => 1)]);
    const hot = g.equal(g.unsqueeze(wrapIndices(g, indices, depth), [axis]), classes);
    const [off, on] = [0, 1].map((i) => g.reshape(g.sliceAxis(c.input(2), 0, i, i + 1), []));
    return g.where(hot, on, off);
  },
  /** The first `lengths[b]` elements of each batch entry, in reverse; the rest as they are. */
  ReverseSequence(c) {
    const { g, x } = c;
    const [batch, time] = [c.axis(c.int('batch_axis', 1)), c.axis(c.int('time_axis', 0))];
    const rest = [...x.shape.keys()].filter((axis) => axis !== batch && axis !== time);
    const order = [batch, time, ...rest];
    const moved = g.transpose(x, order);
    const [entries, steps] = moved.shape;
    const lengths = g.reshape(g.cast(c.input(1), 'int64'), [entries, 1]);
    const t = g.indices(upTo(steps), [1, steps]);
    const source = g.where(g.less(t, lengths), g.sub(g.sub(lengths, g.like(lengths, 1)), t), t);
    const rows = g.add(source, strideColumn(g, entries, steps, 2));
    const table = g.reshape(moved, [entries * steps, ...moved.shape.slice(2)]);
    return g.transpose(
      g.gather(table, rows, 0),
      order.map((_, axis) => order.indexOf(axis)),
    );
  },
  /** Writes `update` into `past` along an axis, from a separate position for each batch entry on. */
  TensorScatter(c) {
    const { g, x } = c;
    const update = c.input(1);
    const axis = c.axis(c.int('axis', -2));
    const [batch, length, steps] = [x.shape[0], x.shape[axis], update.shape[axis]];
    const start = c.has(2) ? c.input(2) : g.indices(counted(batch, () => 0));
    let places = g.add(g.reshape(start, [batch, 1]), g.indices(upTo(steps), [1, steps]));
    if (c.string('mode', 'linear') === 'circular') places = g.apply('Mod', [places, g.like(places, length)], {});
    const front = (value: Value) => g.moveAxis(value, axis, 1);
    const [table, rows] = [front(x), front(update)];
    const rest = table.shape.slice(2);
    const flat = g.reshape(g.add(places, strideColumn(g, batch, length, 2)), [batch * steps]);
    const written = scatterRows(
      c,
      g.reshape(table, [batch * length, ...rest]),
      flat,
      g.reshape(rows, [batch * steps, ...rest]),
      'none',
    );
    return g.moveAxis(g.reshape(written, table.shape), 1, axis);
  },
  /** Rows where a condition, known beforehand, holds. */
  Compress(c) {
    const { g, x } = c;
    const condition = c.constants(1) ?? c.fail('Compress without a condition.');
    const kept = condition.flatMap((flag, i) => (flag ? [i] : []));
    if (!c.node.attributes.axis) return g.gather(g.reshape(x, [sizeOf(x.shape)]), g.indices(kept), 0);
    return g.gather(x, g.indices(kept), c.axis(c.int('axis')));
  },
  TopK(c) {
    const { g, x } = c;
    const axis = c.axis(c.int('axis', -1));
    const k = c.node.attributes.k ? c.int('k') : (c.constants(1)?.[0] ?? c.fail('TopK without k.'));
    return g.applyAll('TopK', [x], { axis, k, largest: c.int('largest', 1) === 1 });
  },
  MaxUnpool(c) {
    const { g, x } = c;
    const kernel = c.ints('kernel_shape');
    const strides = c.ints(
      'strides',
      kernel.map(() => 1),
    );
    const pads = c.ints(
      'pads',
      kernel.flatMap(() => [0, 0]),
    );
    const spatial = kernel.map((k, i) => (x.shape[i + 2] - 1) * strides[i] - pads[i] - pads[i + kernel.length] + k);
    const shape = c.constants(2) ?? [...x.shape.slice(0, 2), ...spatial];
    // The indices refer to the output, because the MaxPool that found them had an input of that shape.
    const flat = g.reshape(c.input(1), [sizeOf(x.shape)]);
    const placed = g.apply('ScatterAdd', [g.reshape(x, [sizeOf(x.shape)]), flat], { axis: 0, size: sizeOf(shape) });
    return g.reshape(placed, shape);
  },
  /** Lower or upper triangle of the last two axes, zeros elsewhere. */
  Trilu(c) {
    const { g, x } = c;
    const k = c.constants(1)?.[0] ?? 0;
    const upper = c.int('upper', 1) === 1;
    const [rows, columns] = x.shape.slice(-2);
    const keep = counted(rows * columns, (i) => {
      const distance = (i % columns) - Math.floor(i / columns);
      return Number(upper ? distance >= k : distance <= k);
    });
    return g.where(g.constant(tensor('bool', [rows, columns], keep)), x, g.like(x, 0));
  },
  EyeLike(c) {
    const [rows, columns] = c.x.shape;
    const k = c.int('k', 0);
    const ones = counted(rows * columns, (i) => Number((i % columns) - Math.floor(i / columns) === k));
    return c.g.constant(tensor(c.x.dtype, [rows, columns], ones));
  },
};

/** 0, stride, 2·stride … along the first axis of a tensor of the given rank. */
function strideColumn(g: GraphBuilder, count: number, stride: number, rank: number): Value {
  const values = counted(count, (i) => i * stride);
  return g.indices(values, [count, ...Array<number>(rank - 1).fill(1)]);
}

/**
 * Index tuples [batch…, …, k] into a tensor's axes batch … batch+k−1, as row numbers of the tensor with those axes and
 * the batch merged; `rest` is the shape of a row.
 */
function tuplePlaces(
  g: GraphBuilder,
  indices: Value,
  shape: readonly number[],
  batch: number,
): { rows: Value; rest: readonly number[] } {
  const last = indices.shape.length - 1;
  const depth = indices.shape[last];
  const rest = shape.slice(batch + depth);
  const strides = rowMajorStrides(shape.slice(0, batch + depth));
  const outer = indices.shape.slice(0, -1);
  let rows = g.indices(
    [0],
    outer.map(() => 1),
  );
  for (let k = 0; k < depth; k++) {
    const column = g.reshape(g.sliceAxis(g.cast(indices, 'int64'), last, k, k + 1), outer);
    const wrapped = wrapIndices(g, column, shape[batch + k]);
    rows = g.add(rows, g.mul(wrapped, g.like(wrapped, strides[batch + k])));
  }
  for (let b = 0; b < batch; b++) {
    const offsets = counted(shape[b], (i) => i * strides[b]);
    rows = g.add(
      rows,
      g.indices(
        offsets,
        outer.map((_, i) => (i === b ? shape[b] : 1)),
      ),
    );
  }
  return { rows: g.expand(rows, outer), rest };
}

function scatterElements(c: LowerContext): Value {
  const { g, x } = c;
  const axis = c.axis(c.int('axis', 0));
  knownIndices(c, x.shape[axis]);
  const places = elementPlaces(g, c.input(1), x.shape, axis);
  const count = sizeOf(places.shape);
  const result = scatterRows(
    c,
    g.reshape(x, [sizeOf(x.shape)]),
    g.reshape(places, [count]),
    g.reshape(c.input(2), [count]),
    c.string('reduction', 'none'),
  );
  return g.reshape(result, x.shape);
}

/** Elements of the table that compares every update with every row. */
const PAIR_LIMIT = 2 ** 24;

/**
 * Rows of a table replaced by, or combined with, updates: table [R, …], rows [n] int64, updates [n, …].
 * Products and extrema of several updates of one row are reductions over a table [n, R, …] that says which update writes
 * which row. This supports any indices and is affordable for the numbers of updates in such models.
 */
function scatterRows(c: LowerContext, table: Value, rows: Value, updates: Value, reduction: string): Value {
  const { g } = c;
  const size = table.shape[0];
  const add = (values: Value) => g.apply('ScatterAdd', [values, rows], { axis: 0, size });
  if (reduction === 'add') return g.add(table, add(updates));
  if (reduction === 'none') {
    const hits = add(g.expand(g.like(table, 1), rows.shape));
    const written = g.reshape(g.greater(hits, g.like(hits, 0)), [size, ...table.shape.slice(1).map(() => 1)]);
    return g.where(written, add(updates), table);
  }
  const count = rows.shape[0];
  if (count * sizeOf(table.shape) > PAIR_LIMIT) {
    c.fail(`${c.node.op} with reduction "${reduction}" of ${count} updates into ${sizeOf(table.shape)} elements.`);
  }
  const inner = table.shape.slice(1).map(() => 1);
  const writes = g.equal(g.reshape(rows, [count, 1, ...inner]), g.indices(upTo(size), [1, size, ...inner]));
  const neutral = { mul: 1, max: -Infinity, min: Infinity }[reduction];
  if (neutral === undefined) return c.fail(`${c.node.op} with reduction "${reduction}".`);
  const all = g.concat(
    [g.unsqueeze(table, [0]), g.where(writes, g.unsqueeze(updates, [1]), g.like(table, neutral))],
    0,
  );
  if (reduction === 'mul') return product(g, all, 0);
  return g.apply(reduction === 'max' ? 'ReduceMax' : 'ReduceMin', [all], { axes: [0], keepdims: false });
}
