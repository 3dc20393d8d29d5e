import { materializeConstants } from '../../src/model/materialize';
import type { SourceGraph, SourceNode } from '../../src/graph/source';
import { classifyParameters } from '../../src/model/parameters';
import type { Tensor } from '../../src/graph/tensor';
import { isFloat, sizeOf } from '../../src/graph/tensor';
import { random } from '../../src/numerics/random';
import type { OnnxModel } from '../../src/onnx/model';
import { writeModel } from '../../src/onnx/write';

export interface RandomModel {
  seed: number;
  /** Whether operators with kinks are replaced by similar smooth ones, so that second differences are meaningful. */
  smooth: boolean;
  /** Factor for the weights of the last layer; 1 when left out. */
  lastLayer?: number;
}

/** Smooth replacements for Relu and MaxPool, with which the loss has two derivatives everywhere. */
const SMOOTH: Readonly<Record<string, string>> = { Relu: 'Softplus', MaxPool: 'AveragePool' };

/**
 * The bytes of a model file with seeded random weights in place of the constants. Matrices and kernels have variance
 * 2/inputs (He et al. 2015), scales are about 1, running variances above 1, and biases small.
 */
export function randomModel(model: OnnxModel, { seed, smooth, lastLayer = 1 }: RandomModel): Uint8Array {
  const { graph, opsets } = model;
  const inputs = graph.inputs.map(({ name, dtype, shape }) => ({ name, dtype: dtype!, shape: shape! }));
  const source: SourceGraph = materializeConstants({
    ...graph,
    inputs,
    outputs: graph.outputs.map(({ name }) => name),
    opsets,
  });
  const weights = new Set(classifyParameters(source).map(({ name }) => name));
  const uses = firstUses(source.nodes);
  const last = source.nodes.findLast(({ op }) => op === 'Conv' || op === 'Gemm')?.inputs[1];
  const initializers = new Map(
    [...source.initializers].map(([name, tensor]): [string, Tensor] => {
      const use = uses.get(name);
      return [
        name,
        use && weights.has(name) && isFloat(tensor.dtype)
          ? randomTensor(name, tensor, use, seed, name === last ? lastLayer : 1)
          : tensor,
      ];
    }),
  );
  const nodes = smooth ? source.nodes.map((node) => ({ ...node, op: SMOOTH[node.op] ?? node.op })) : source.nodes;
  const written = {
    nodes,
    initializers,
    inputs,
    outputs: graph.outputs.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
  };
  return writeModel({ graph: written, opset: opsets[''], externalFrom: Infinity }).bytes;
}

interface Use {
  node: SourceNode;
  input: number;
}

function firstUses(nodes: readonly SourceNode[]): Map<string, Use> {
  const uses = new Map<string, Use>();
  for (const node of nodes) {
    for (const [input, name] of node.inputs.entries()) if (!uses.has(name)) uses.set(name, { node, input });
  }
  return uses;
}

function randomTensor(
  name: string,
  { dtype, shape }: Tensor,
  { node, input }: Use,
  seed: number,
  factor: number,
): Tensor {
  const source = random(seed, 'weights', name);
  const [mean, spread] = distribution(shape, node, input);
  const data = new Float32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = factor * (mean + spread * source.normal());
  // A variance must stay positive.
  if (node.op === 'BatchNormalization' && input === 4)
    for (let i = 0; i < data.length; i++) data[i] = 1 + Math.abs(data[i]);
  return { dtype, shape, data };
}

/** Mean and standard deviation of the random weights for one input of an operator. */
function distribution(shape: readonly number[], { op, attributes }: SourceNode, input: number): [number, number] {
  if (op === 'Conv' && input === 1) return [0, Math.sqrt(2 / sizeOf(shape.slice(1)))];
  if (op === 'Gemm' && input === 1) return [0, Math.sqrt(2 / shape[attributes.transB?.value === 1 ? 1 : 0])];
  const isScale = (op === 'BatchNormalization' && input === 1) || op === 'Mul';
  return isScale ? [1, 0.1] : [0, 0.1];
}
