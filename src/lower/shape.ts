import type { Value } from '../graph/graph';
import { wrapIndices } from '../graph/places';
import { scalar, sizeOf } from '../graph/tensor';
import type { LowerContext, LoweringTable } from './context';
import { knownIndices } from './context';
import { castTypes } from './elementwise';
import { counted } from '../graph/limits';

const INT_MAX = 2 ** 31 - 1;

/** Operators that rearrange elements. */
export const shapeLowerings: LoweringTable = {
  /** The experimental operator that PyTorch wrote for the initial states of a recurrent layer before opset 9. */
  ConstantFill(c) {
    const dtype = castTypes[c.int('dtype', 1)] ?? c.fail(`ConstantFill of ONNX element type ${c.int('dtype')}.`);
    const given = c.has(0) ? (c.int('input_as_shape', 0) === 1 ? c.constants(0)! : c.x.shape) : c.ints('shape', []);
    return c.g.expand(c.g.constant(scalar(dtype, c.float('value', 0))), [...given, ...c.ints('extra_shape', [])]);
  },
  Flatten(c) {
    const rank = c.x.shape.length;
    const raw = c.int('axis', 1);
    const axis = raw < 0 ? raw + rank : raw;
    return c.g.reshape(c.x, [sizeOf(c.x.shape.slice(0, axis)), sizeOf(c.x.shape.slice(axis))]);
  },
  Reshape(c) {
    const wanted = c.intsOrInput('shape', 1) ?? c.fail('Reshape without a shape.');
    const keepZero = c.int('allowzero', 0) === 1;
    const shape = wanted.map((n, i) => (n === 0 && !keepZero ? c.x.shape[i] : n));
    const known = sizeOf(shape.filter((n) => n !== -1));
    const filled = shape.map((n) => (n === -1 ? sizeOf(c.x.shape) / known : n));
    if (sizeOf(filled) !== sizeOf(c.x.shape) || !filled.every(Number.isInteger)) {
      c.fail(
        `Reshape of [${c.x.shape.join(', ')}] to [${wanted.join(', ')}].`,
        'The model was exported for another batch size: set --batch to it, or export with a dynamic batch axis.',
      );
    }
    return c.g.reshape(c.x, filled);
  },
  Transpose: ({ g, x, ints }) => g.transpose(x, ints('perm', [...x.shape.keys()].reverse())),
  Squeeze(c) {
    const axes = c.intsOrInput('axes', 1)?.map((axis) => c.axis(axis));
    return c.g.squeeze(c.x, axes ?? [...c.x.shape.keys()].filter((axis) => c.x.shape[axis] === 1));
  },
  Unsqueeze(c) {
    const axes = c.intsOrInput('axes', 1) ?? c.fail('Unsqueeze without axes.');
    const rank = c.x.shape.length + axes.length;
    return c.g.unsqueeze(
      c.x,
      axes.map((axis) => c.axis(axis, rank)),
    );
  },
  Concat: (c) =>
    c.g.concat(
      c.inputs.map((_, i) => c.input(i)),
      c.axis(c.int('axis', 1)),
    ),
  Split(c) {
    const axis = c.axis(c.int('axis', 0));
    const length = c.x.shape[axis];
    const count = c.int('num_outputs', c.node.outputs.length);
    const share = Math.ceil(length / count);
    const sizes = c.intsOrInput('split', 1) ?? counted(count, (i) => Math.min(share, length - i * share));
    let start = 0;
    return sizes.map((size) => c.g.sliceAxis(c.x, axis, start, (start += size)));
  },
  Slice: slice,
  Expand(c) {
    const shape = c.constants(1) ?? c.fail('Expand without a shape.');
    return c.g.expand(c.x, c.g.broadcastShapes(c.x.shape, shape));
  },
  Tile(c) {
    const { g, x } = c;
    const repeats = c.constants(1) ?? c.fail('Tile without repeats.');
    const paired = x.shape.flatMap((dim) => [1, dim]);
    const tiled = g.expand(
      g.reshape(x, paired),
      x.shape.flatMap((dim, i) => [repeats[i], dim]),
    );
    return g.reshape(
      tiled,
      x.shape.map((dim, i) => dim * repeats[i]),
    );
  },
  Gather(c) {
    const { g, x } = c;
    const axis = c.axis(c.int('axis', 0));
    // Token ids may be int32, but the transpose that adds rows needs int64.
    const indices = g.cast(c.input(1), 'int64');
    knownIndices(c, x.shape[axis]);
    return g.gather(x, wrapIndices(g, indices, x.shape[axis]), axis);
  },
  Shape(c) {
    const rank = c.x.shape.length;
    const bound = (n: number) => Math.min(Math.max(n < 0 ? n + rank : n, 0), rank);
    return c.g.indices(c.x.shape.slice(bound(c.int('start', 0)), bound(c.int('end', rank))));
  },
  Size: ({ g, x }) => g.indices([sizeOf(x.shape)], []),
};

function slice(c: LowerContext): Value {
  const { x } = c;
  const from = c.intsOrInput('starts', 1) ?? c.fail('Slice without starts.');
  const to = c.intsOrInput('ends', 2) ?? c.fail('Slice without ends.');
  const axes = (c.intsOrInput('axes', 3) ?? from.map((_, i) => i)).map((axis) => c.axis(axis));
  const by = c.constants(4) ?? from.map(() => 1);
  const starts = x.shape.map(() => 0);
  const ends = [...x.shape];
  const steps = x.shape.map(() => 1);
  for (const [i, axis] of axes.entries()) {
    const dim = x.shape[axis];
    const step = by[i];
    const wrap = (n: number) => (n < 0 ? n + dim : n);
    steps[axis] = step;
    // For a negative step, the first element is at most dim − 1 and the end may lie before element 0.
    starts[axis] = step > 0 ? clamp(wrap(from[i]), 0, dim) : clamp(wrap(from[i]), -1, dim - 1);
    ends[axis] = step > 0 ? clamp(wrap(to[i]), 0, dim) : clamp(to[i] < -INT_MAX ? -1 : wrap(to[i]), -1, dim - 1);
  }
  return c.g.apply('Slice', [x], { starts, ends, steps });
}

const clamp = (n: number, low: number, high: number) => Math.min(Math.max(n, low), high);
