import type { SourceAttribute, SourceGraph, SourceInput, SourceNode } from '../../src/graph/source';
import type { Tensor } from '../../src/graph/tensor';
import { sizeOf, tensor } from '../../src/graph/tensor';
import { gaussianVector, random } from '../../src/numerics/random';

type Attributes = Readonly<Record<string, number | string | readonly number[] | SourceAttribute>>;

/** A node as an exporter writes it: `node('Gemm', 'x w b', 'y', { transB: 1 })`. A dot omits an input or output. */
export function node(op: string, inputs: string, outputs: string, attributes: Attributes = {}): SourceNode {
  const [name, domain] = [op.slice(op.lastIndexOf('.') + 1), op.slice(0, Math.max(op.lastIndexOf('.'), 0))];
  const list = (names: string) => names.split(' ').flatMap((each) => (each === '' ? [] : [each === '.' ? '' : each]));
  return {
    name: `${name} of ${outputs}`,
    op: name,
    domain,
    inputs: list(inputs),
    outputs: list(outputs),
    attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, attribute(value)])),
  };
}

function attribute(value: Attributes[string]): SourceAttribute {
  if (typeof value === 'string') return { kind: 'string', value };
  if (typeof value === 'number') return { kind: Number.isInteger(value) ? 'int' : 'float', value } as SourceAttribute;
  return 'kind' in value ? value : { kind: 'ints', value };
}

export interface GraphParts {
  nodes: readonly SourceNode[];
  initializers: Readonly<Record<string, Tensor>>;
  inputs?: readonly SourceInput[];
  outputs?: readonly string[];
  opsets?: Readonly<Record<string, number>>;
}

export function sourceGraph({ nodes, initializers, inputs, outputs, opsets = { '': 17 } }: GraphParts): SourceGraph {
  return {
    nodes,
    initializers: new Map(Object.entries(initializers)),
    inputs: inputs ?? [{ name: 'x', dtype: 'float32', shape: ['batch', 4] }],
    outputs: outputs ?? nodes.slice(-1).flatMap((last) => last.outputs),
    opsets,
  };
}

/** Seeded normal weights, with a different stream for each name. */
export function weights(name: string, shape: readonly number[], scale = 1): Tensor {
  const data = gaussianVector(sizeOf(shape), random(0, 'weights', name)).map((v) => v * scale);
  return { dtype: 'float32', shape, data };
}

export function filled(shape: readonly number[], value: number): Tensor {
  return tensor(
    'float32',
    shape,
    Array.from({ length: sizeOf(shape) }, () => value),
  );
}

export const floats = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor =>
  tensor('float32', shape, values);
export const ints = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor =>
  tensor('int64', shape, values);
