import type { SourceNode } from './source';
import type { DType, Tensor } from './tensor';

/** y = f(x), element by element. */
export const UNARY = [
  'Neg',
  'Abs',
  'Exp',
  'Log',
  'Sqrt',
  'Reciprocal',
  'Tanh',
  'Sigmoid',
  'Softplus',
  'Erf',
  'Relu',
  'Sin',
  'Cos',
  'Tan',
  'Asin',
  'Acos',
  'Atan',
  'Sinh',
  'Cosh',
  'Asinh',
  'Acosh',
  'Atanh',
  'Sign',
  'Floor',
  'Ceil',
  'Round',
  'Not',
  'IsNaN',
] as const;

/** y = f(a, b) with broadcasting; both of one type. `Mod` has the sign of a, as fmod in C. */
export const ARITHMETIC = ['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Max', 'Min', 'Mod', 'And', 'Or', 'Xor'] as const;
/** y = f(a, b) with broadcasting, boolean. */
export const COMPARISON = ['Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'Equal'] as const;

export type UnaryOp = (typeof UNARY)[number];
export type ArithmeticOp = (typeof ARITHMETIC)[number];
export type ComparisonOp = (typeof COMPARISON)[number];

/** Geometry shared by a convolution and its two transposes. `pads` holds the begins, then the ends, as in ONNX. */
export interface ConvAttributes {
  strides: readonly number[];
  pads: readonly number[];
  dilations: readonly number[];
  group: number;
}

export interface BlockedConvAttributes extends ConvAttributes {
  /** Spatial shape of the result, without padding. */
  channels: number;
  /** Whether negative results are written as zero. */
  rectified?: boolean;
}

export interface PoolAttributes {
  kernel: readonly number[];
  strides: readonly number[];
  pads: readonly number[];
  dilations: readonly number[];
  ceil: boolean;
}

type None = Record<never, never>;

/**
 * The core operators. ONNX models are lowered to them, derivative rules read and emit them, and they are written back as
 * ONNX. They are few, static in shape, and closed under differentiation.
 */
export type OpAttributes = { [O in UnaryOp | ArithmeticOp | ComparisonOp]: None } & {
  Constant: { tensor: Tensor };
  /** y = condition ? a : b, with broadcasting. */
  Where: None;
  Cast: { to: DType };
  Reshape: { shape: readonly number[] };
  Transpose: { perm: readonly number[] };
  /** Broadcast to `shape`. */
  Expand: { shape: readonly number[] };
  /** One entry per axis; `ends` are exclusive; a negative step goes backwards (`ends` −1 means before the first element). */
  Slice: { starts: readonly number[]; ends: readonly number[]; steps: readonly number[] };
  /** Constant padding, one entry per axis. */
  Pad: { before: readonly number[]; after: readonly number[]; value: number };
  Concat: { axis: number };
  ReduceSum: { axes: readonly number[]; keepdims: boolean };
  ReduceMax: { axes: readonly number[]; keepdims: boolean };
  ReduceMin: { axes: readonly number[]; keepdims: boolean };
  ArgMax: { axis: number };
  CumSum: { axis: number; exclusive: boolean; reverse: boolean };
  Softmax: { axis: number };
  LogSoftmax: { axis: number };
  /** (data, indices) → data[…, indices, …]: the shape of the indices replaces the axis. Indices are not negative. */
  Gather: { axis: number };
  /** (updates, indices) → zeros with `size` along the axis, updates added at the indices: the transpose of Gather. */
  ScatterAdd: { axis: number; size: number };
  /** Numpy's matmul; both operands have rank 2 or more. */
  MatMul: None;
  /** (x [N,C,…], w [M,C/group,…]) → y [N,M,…] */
  Conv: ConvAttributes;
  /** (y [N,M,…], w [M,C/group,…]) → x [N,C,…input]: the transpose of Conv in x. */
  ConvInput: ConvAttributes & { input: readonly number[] };
  /** (x [N,C,…], y [N,M,…]) → w [M,C/group,…kernel]: the transpose of Conv in w. */
  ConvWeight: ConvAttributes & { kernel: readonly number[] };
  /** x [N,C,H,W] → [N,C',H,W], C' the next multiple of `block`: channels in blocks, each innermost in memory. */
  Block: { blockChannels: number };
  /** The inverse of Block: x [N,C',H,W] → [N,channels,H,W]. */
  Unblock: { channels: number };
  /**
   * A convolution of one group whose weights, bias and result are in blocks, as `backend/blocked.ts` writes it. x is also in
   * blocks if it has at least one block of channels. (x, w, bias?, sum?) → x∗w + bias + sum.
   */
  BlockedConv: BlockedConvAttributes;
  /** x [N,C,…] → y [N,C,…] and the flat index into x of each maximum, int64 [N,C,…]. */
  MaxPool: PoolAttributes;
  /** x → the k largest (or smallest) along the axis, in order, and their indices there, int64. */
  TopK: { axis: number; k: number; largest: boolean };
  /**
   * An operator of the user's model that the runtime runs as it is: it has no derivative. `body` is the LoopBody of a Loop;
   * what the body captures follows the operands.
   */
  Opaque: {
    node: SourceNode;
    opset: number;
    types: readonly { dtype: DType; shape: readonly number[] }[];
    body?: object;
  };
};

export type Op = keyof OpAttributes;

/** Operators whose results copy their input, or sum it over places. */
export const COPIES_AND_SUMS: readonly Op[] = [
  'Reshape',
  'Transpose',
  'Expand',
  'Slice',
  'Pad',
  'Concat',
  'ReduceSum',
  'Gather',
  'ScatterAdd',
];
