import type { Value } from './graph';
import type { ConvAttributes, Op, OpAttributes, PoolAttributes } from './ops';
import { ARITHMETIC, COMPARISON, UNARY } from './ops';
import type { DType } from './tensor';
import { sizeOf } from './tensor';

export interface ValueType {
  dtype: DType;
  shape: readonly number[];
}

type Infer<O extends Op> = (inputs: readonly Value[], attributes: OpAttributes[O]) => ValueType[];

/** NumPy's broadcast of two shapes. @throws Error if they do not fit */
export function broadcastShapes(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) throw new Error(`shapes [${a.join(',')}] and [${b.join(',')}] do not broadcast`);
    return x === 1 ? y : x;
  });
}

/** Axes over which `from` was broadcast to `to`, which the transpose must sum. */
export function broadcastAxes(from: readonly number[], to: readonly number[]): number[] {
  const offset = to.length - from.length;
  return to.map((_, axis) => axis).filter((axis) => axis < offset || (from[axis - offset] === 1 && to[axis] !== 1));
}

/** Output length of a convolution or pooling along one axis. */
export function slidingLength(
  length: number,
  kernel: number,
  {
    stride,
    dilation,
    before,
    after,
    ceil = false,
  }: { stride: number; dilation: number; before: number; after: number; ceil?: boolean },
): number {
  const extent = dilation * (kernel - 1) + 1;
  const steps = (length + before + after - extent) / stride;
  if (!ceil) return Math.floor(steps) + 1;
  const count = Math.ceil(steps) + 1;
  // A window that would start in the end padding is dropped, as ONNX Runtime and PyTorch do.
  return (count - 1) * stride >= length + before ? count - 1 : count;
}

function slidingShape(
  spatial: readonly number[],
  kernel: readonly number[],
  {
    strides,
    pads,
    dilations,
    ceil,
  }: { strides: readonly number[]; pads: readonly number[]; dilations: readonly number[]; ceil?: boolean },
): number[] {
  return spatial.map((length, i) =>
    slidingLength(length, kernel[i], {
      stride: strides[i],
      dilation: dilations[i],
      before: pads[i],
      after: pads[i + spatial.length],
      ceil,
    }),
  );
}

function reduce(
  [x]: readonly Value[],
  { axes, keepdims }: { axes: readonly number[]; keepdims: boolean },
): ValueType[] {
  const shape = keepdims
    ? x.shape.map((dim, i) => (axes.includes(i) ? 1 : dim))
    : x.shape.filter((_, i) => !axes.includes(i));
  return [{ dtype: x.dtype, shape }];
}

const same = ([x]: readonly Value[]): ValueType[] => [{ dtype: x.dtype, shape: x.shape }];

function arithmetic([a, b]: readonly Value[]): ValueType[] {
  if (a.dtype !== b.dtype) throw new Error(`operands of type ${a.dtype} and ${b.dtype}`);
  return [{ dtype: a.dtype, shape: broadcastShapes(a.shape, b.shape) }];
}

function each<O extends Op>(
  ops: readonly O[],
  infer: (inputs: readonly Value[]) => ValueType[],
): { [K in O]: Infer<K> } {
  return Object.fromEntries(ops.map((op) => [op, infer])) as unknown as { [K in O]: Infer<K> };
}

function conv([x, w]: readonly Value[], attributes: ConvAttributes): ValueType[] {
  if (x.shape[1] !== w.shape[1] * attributes.group) {
    throw new Error(`${x.shape[1]} channels for weights of ${w.shape[1]} × ${attributes.group}`);
  }
  return [
    {
      dtype: x.dtype,
      shape: [x.shape[0], w.shape[0], ...slidingShape(x.shape.slice(2), w.shape.slice(2), attributes)],
    },
  ];
}

function maxPool([x]: readonly Value[], attributes: PoolAttributes): ValueType[] {
  const shape = [x.shape[0], x.shape[1], ...slidingShape(x.shape.slice(2), attributes.kernel, attributes)];
  return [
    { dtype: x.dtype, shape },
    { dtype: 'int64', shape },
  ];
}

/** Types and shapes of each core operator's outputs. @throws Error if the operands do not fit, which is our fault */
export const inferTypes: { [O in Op]: Infer<O> } = {
  ...each(UNARY, same),
  ...each(ARITHMETIC, arithmetic),
  ...each(COMPARISON, (inputs) => [{ dtype: 'bool', shape: arithmetic(inputs)[0].shape }]),
  IsNaN: ([x]) => [{ dtype: 'bool', shape: x.shape }],
  Constant: (_, { tensor }) => [{ dtype: tensor.dtype, shape: tensor.shape }],
  Where: ([condition, a, b]) => [
    { dtype: a.dtype, shape: broadcastShapes(condition.shape, arithmetic([a, b])[0].shape) },
  ],
  Cast: ([x], { to }) => [{ dtype: to, shape: x.shape }],
  Reshape: ([x], { shape }) => {
    if (sizeOf(shape) !== sizeOf(x.shape)) throw new Error(`reshape of [${x.shape.join(',')}] to [${shape.join(',')}]`);
    return [{ dtype: x.dtype, shape }];
  },
  Transpose: ([x], { perm }) => [{ dtype: x.dtype, shape: perm.map((axis) => x.shape[axis]) }],
  Expand: ([x], { shape }) => {
    if (String(broadcastShapes(x.shape, shape)) !== String(shape)) {
      throw new Error(`expand of [${x.shape.join(',')}] to [${shape.join(',')}]`);
    }
    return [{ dtype: x.dtype, shape }];
  },
  Slice: ([x], { starts, ends, steps }) => [
    { dtype: x.dtype, shape: starts.map((start, i) => Math.max(0, Math.ceil((ends[i] - start) / steps[i]))) },
  ],
  Pad: ([x], { before, after }) => [{ dtype: x.dtype, shape: x.shape.map((dim, i) => dim + before[i] + after[i]) }],
  Concat: (inputs, { axis }) => [
    {
      dtype: inputs[0].dtype,
      shape: inputs[0].shape.map((dim, i) =>
        i === axis ? inputs.reduce((sum, input) => sum + input.shape[axis], 0) : dim,
      ),
    },
  ],
  ReduceSum: reduce,
  ReduceMax: reduce,
  ReduceMin: reduce,
  ArgMax: ([x], { axis }) => [{ dtype: 'int64', shape: x.shape.filter((_, i) => i !== axis) }],
  CumSum: same,
  Softmax: same,
  LogSoftmax: same,
  Gather: ([x, indices], { axis }) => [
    { dtype: x.dtype, shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)] },
  ],
  ScatterAdd: ([updates, indices], { axis, size }) => [
    {
      dtype: updates.dtype,
      shape: [...updates.shape.slice(0, axis), size, ...updates.shape.slice(axis + indices.shape.length)],
    },
  ],
  MatMul: ([a, b]) => {
    const inner = a.shape[a.shape.length - 1];
    if (a.shape.length < 2 || b.shape.length < 2 || inner !== b.shape[b.shape.length - 2] || a.dtype !== b.dtype) {
      throw new Error(`matmul of ${a.dtype} [${a.shape.join(',')}] and ${b.dtype} [${b.shape.join(',')}]`);
    }
    const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
    return [{ dtype: a.dtype, shape: [...batch, a.shape[a.shape.length - 2], b.shape[b.shape.length - 1]] }];
  },
  Conv: conv,
  ConvInput: ([y, w], { group, input }) => [{ dtype: y.dtype, shape: [y.shape[0], w.shape[1] * group, ...input] }],
  ConvWeight: ([x, y], { group, kernel }) => [{ dtype: x.dtype, shape: [y.shape[1], x.shape[1] / group, ...kernel] }],
  Block: ([x], { blockChannels }) => [
    {
      dtype: x.dtype,
      shape: x.shape.map((dim, i) => (i === 1 ? Math.ceil(dim / blockChannels) * blockChannels : dim)),
    },
  ],
  Unblock: ([x], { channels }) => [{ dtype: x.dtype, shape: x.shape.map((dim, i) => (i === 1 ? channels : dim)) }],
  BlockedConv: conv,
  MaxPool: maxPool,
  TopK: ([x], { axis, k }) => {
    const shape = x.shape.map((dim, i) => (i === axis ? k : dim));
    return [
      { dtype: x.dtype, shape },
      { dtype: 'int64', shape },
    ];
  },
  Opaque: (_, { types }) => [...types],
};
