import type { Random } from '../../src/numerics/random';

/** Random choices that follow from a seed. */
export class Chance {
  constructor(private readonly source: Random) {}

  /** A whole number from 0 to n − 1. */
  below(n: number): number {
    return Math.floor(this.source.uniform() * n);
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }

  odds(probability: number): boolean {
    return this.source.uniform() < probability;
  }
}

/** Whole numbers at which counts, offsets and products overflow, wrap or ask for all memory there is. */
export const INTEGERS: readonly bigint[] = [
  ...[0n, 1n, -1n, 2n, 3n, 7n, 8n, 64n, 255n, 256n, 1000n, 65535n, 65536n, -2n, -100n],
  ...[30n, 31n, 32n, 33n, 40n, 52n, 53n, 62n].map((bits) => 2n ** bits),
  ...[2n ** 31n - 1n, 2n ** 32n - 1n, 2n ** 53n - 1n, 2n ** 63n - 1n, -(2n ** 31n), -(2n ** 63n)],
];

export const FLOATS: readonly number[] = [0, -0, 1, -1, 0.5, 2.5, 1e-30, 1e-45, 1e30, 3.4e38, NaN, Infinity, -Infinity];

/** Hostile names: members of every object, empty ones, very long ones, and ones made to be misread. */
export const NAMES: readonly string[] = [
  ...['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', 'prototype', 'length'],
  ...[
    '',
    ' ',
    '\0',
    '\x1b[2J',
    '\n',
    '"',
    '../x',
    '\u202e',
    'x'.repeat(5000),
    'data',
    'input',
    'target',
    'ai.onnx.ml',
    'com.microsoft',
  ],
];

/** Operators whose results may be much larger than their inputs, and some that contain graphs. */
export const OPERATORS: readonly string[] = [
  ...['Expand', 'Tile', 'Concat', 'OneHot', 'Range', 'ConstantOfShape', 'Pad', 'Resize', 'Upsample', 'EyeLike', 'LRN'],
  ...['GridSample', 'AffineGrid', 'Col2Im', 'Gather', 'GatherND', 'ScatterND', 'Trilu', 'Split', 'Squeeze', 'Reshape'],
  ...[
    'LSTM',
    'GRU',
    'RNN',
    'Loop',
    'Scan',
    'If',
    'Einsum',
    'MaxPool',
    'AveragePool',
    'Conv',
    'ConvTranspose',
    'Softmax',
  ],
  ...[
    'Attention',
    'MatMul',
    'Gemm',
    'Transpose',
    'Slice',
    'TopK',
    'CumSum',
    'DFT',
    'STFT',
    'MelWeightMatrix',
    'NonZero',
  ],
  ...[
    'RoiAlign',
    'DeformConv',
    'QLinearConv',
    'DequantizeLinear',
    'Cast',
    'Identity',
    'ReduceSum',
    'LayerNormalization',
  ],
];
