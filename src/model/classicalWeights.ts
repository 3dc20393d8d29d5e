import type { SourceGraph, SourceNode } from '../graph/source';
import type { Tensor } from '../graph/tensor';
import { tensor } from '../graph/tensor';

const LINEAR = new Set(['LinearRegressor', 'LinearClassifier']);

/**
 * scikit-learn's linear models hold their weights in attributes of a node. This turns them into initializers that the node
 * reads after its input: the matrix [rows, features] and, if present, the intercepts [rows].
 */
export function weightsOfAttributes(source: SourceGraph): SourceGraph {
  const initializers = new Map(source.initializers);
  const nodes = source.nodes.map((node) => {
    const held = node.domain === 'ai.onnx.ml' && LINEAR.has(node.op) ? linearWeights(node) : [];
    const names = held.map(([key]) => free(`${node.name}.${key}`, initializers));
    for (const [i, [, weights]] of held.entries()) initializers.set(names[i], weights);
    return names.length > 0 ? { ...node, inputs: [...node.inputs, ...names] } : node;
  });
  return { ...source, nodes, initializers };
}

function linearWeights(node: SourceNode): [string, Tensor][] {
  const floats = (key: string) => (node.attributes[key]?.value ?? []) as readonly number[];
  const [coefficients, intercepts] = [floats('coefficients'), floats('intercepts')];
  const targets = node.attributes.targets?.value as number | undefined;
  const rows = node.op === 'LinearClassifier' ? intercepts.length : (targets ?? 1);
  const features = coefficients.length / rows;
  if (!Number.isInteger(features) || features === 0) return [];
  // For two classes, scikit-learn has one row of weights, and its exporter writes it twice, once negated.
  const twice = rows === 2 && isLogistic(node) && mirrored(coefficients) && mirrored(intercepts);
  const from = twice ? 1 : 0;
  const list = (values: readonly number[], shape: readonly number[]) =>
    tensor('float32', shape, values.slice(twice ? values.length / 2 : 0));
  const matrix: [string, Tensor] = ['coefficients', list(coefficients, [rows - from, features])];
  return intercepts.length > 0 ? [matrix, ['intercepts', list(intercepts, [rows - from])]] : [matrix];
}

const isLogistic = ({ attributes }: SourceNode) => attributes.post_transform?.value === 'LOGISTIC';

/** The first half is the second one negated. */
function mirrored(values: readonly number[]): boolean {
  const half = values.length / 2;
  return values.slice(0, half).every((value, i) => value === -values[half + i]);
}

function free(name: string, taken: ReadonlyMap<string, unknown>): string {
  let unused = name;
  while (taken.has(unused)) unused = `${unused}'`;
  return unused;
}
