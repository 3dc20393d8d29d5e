import type { Tensor } from '../../src/graph/tensor';
import { random } from '../../src/numerics/random';
import type { AnalysisOptions } from '../../src/options/options';
import type { GraphParts } from '../unit/sourceGraph';
import { floats, ints, node } from '../unit/sourceGraph';

/** What a sample consists of, before it is written to files. */
export interface SampleParts {
  graph: GraphParts;
  data: Readonly<Record<string, Tensor>>;
  test?: Readonly<Record<string, Tensor>>;
  options: AnalysisOptions;
}

/**
 * Standard normal numbers, rounded to multiples of 2⁻¹⁰: last digits of `log` and `cos`, which another version of the
 * JavaScript engine may round differently, then do not reach the files, and the files compress well.
 */
export function normals(count: number, ...stream: (number | string)[]): number[] {
  const source = random(0, 'samples', ...stream);
  return Array.from({ length: count }, () => rounded(source.normal()));
}

export const rounded = (value: number): number => Math.round(value * 1024) / 1024;

/** A matrix of normal numbers of a standard deviation. */
function normalMatrix(rows: number, columns: number, deviation: number, stream: string): Tensor {
  return floats(
    normals(rows * columns, stream).map((value) => rounded(value * deviation)),
    [rows, columns],
  );
}

export const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);

/** The 16 × 16 matrix of Sylvester with entries ±1. Its columns are orthogonal, in float32 exactly. */
export function hadamard(row: number, column: number): number {
  let common = row & column;
  let odd = 0;
  for (; common > 0; common >>= 1) odd ^= common & 1;
  return odd === 1 ? -1 : 1;
}

/** Inputs [16, columns] with the exact covariance I, and without a mean. */
export function orthogonalInputs(columns: number): number[][] {
  return Array.from({ length: 16 }, (_, row) =>
    Array.from({ length: columns }, (_, column) => hadamard(row, column + 1)),
  );
}

export const matrix = (rows: readonly (readonly number[])[]): Tensor =>
  floats(rows.flat(), [rows.length, rows[0].length]);

export const times = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number[][] =>
  a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));

export const input = (columns: number): GraphParts['inputs'] => [
  { name: 'x', dtype: 'float32', shape: ['batch', columns] },
];

/** Normal inputs around one centre per class, in turn, and their classes. */
export function classes(samples: number, features: number, count: number, distance: number, stream: string) {
  const centres = normals(count * features, stream, 'centres');
  const noise = normals(samples * features, stream, 'noise');
  const rows = Array.from({ length: samples }, (_, i) =>
    Array.from({ length: features }, (_, k) =>
      rounded(distance * centres[(i % count) * features + k] + noise[i * features + k]),
    ),
  );
  const labels = rows.map((_, i) => i % count);
  return { rows, labels, x: matrix(rows), target: ints(labels) };
}

export interface Dense {
  weight: Tensor;
  bias?: readonly number[];
}

/** Dense layers with an activation between them, as nodes and weights `layer1.weight`, … */
export function dense(
  layers: readonly Dense[],
  activation: string | null,
): Pick<GraphParts, 'nodes' | 'initializers' | 'inputs'> {
  const initializers: Record<string, Tensor> = {};
  let from = 'x';
  const nodes = layers.flatMap(({ weight, bias }, i) => {
    const name = `layer${i + 1}`;
    const last = i === layers.length - 1;
    const sum = last ? 'y' : `${name}.sum`;
    initializers[`${name}.weight`] = weight;
    if (bias) initializers[`${name}.bias`] = floats(bias);
    const layer = bias
      ? node('Gemm', `${from} ${name}.weight ${name}.bias`, sum)
      : node('MatMul', `${from} ${name}.weight`, sum);
    from = activation === null ? sum : `${name}.out`;
    return last || activation === null ? [layer] : [layer, node(activation, sum, from)];
  });
  return { nodes, initializers, inputs: input(layers[0].weight.shape[0]) };
}

/** Layers of the given widths, each weight drawn with `deviation(inputs, outputs, layer)`, biases zero. */
export function drawn(
  widths: readonly number[],
  deviation: (inputs: number, outputs: number, layer: number) => number,
  stream: string,
): Dense[] {
  return widths.slice(1).map((outputs, i) => ({
    weight: normalMatrix(widths[i], outputs, deviation(widths[i], outputs, i), `${stream} ${i}`),
    bias: zeros(outputs),
  }));
}

export const glorot = (inputs: number, outputs: number): number => Math.sqrt(2 / (inputs + outputs));
export const he = (inputs: number): number => Math.sqrt(2 / inputs);
