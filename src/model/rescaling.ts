import type { SourceGraph, SourceNode } from '../graph/source';

/** Layers whose output is linear in their weights. */
const WEIGHTED = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul', 'BatchNormalization']);
/** f(c·x) = c·f(x) for c > 0, with nothing but x to scale. */
const HOMOGENEOUS = new Set([
  'Relu',
  'LeakyRelu',
  'PRelu',
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'ReduceMean',
  'ReduceSum',
  'ReduceMax',
  'Reshape',
  'Flatten',
  'Transpose',
  'Squeeze',
  'Unsqueeze',
  'Identity',
  'Dropout',
]);
/** f(c·x) = f(x): the scale of the input is lost. */
const NORMALIZING = new Set([
  'LayerNormalization',
  'InstanceNormalization',
  'GroupNormalization',
  'RMSNormalization',
  'SimplifiedLayerNormalization',
  'MeanVarianceNormalization',
  'LpNormalization',
]);

/** Weights that can be rescaled without changing the network's function. */
export interface RescalingSymmetry {
  /** Pairs of layers of which the second cancels a factor of the first. */
  pairs: { first: string; second: string }[];
  /** Layers whose scale a normalization cancels. */
  normalized: string[];
}

/**
 * Weights that may be multiplied by c > 0 while the network stays the same function: if only rectifiers lead from one layer
 * to the next and nowhere else (the next one divides by c), or if a normalization follows. Such a rescaling does not change
 * the loss, but it changes the eigenvalues of its Hessian.
 * @param trained names of the parameters
 * @see Dinh, Pascanu, Bengio & Bengio 2017, arXiv:1703.04933
 */
export function rescalingSymmetry(source: SourceGraph, trained: ReadonlySet<string>): RescalingSymmetry {
  const readers = new Map<string, SourceNode[]>();
  for (const node of source.nodes) {
    for (const input of new Set(node.inputs)) readers.set(input, [...(readers.get(input) ?? []), node]);
  }
  const isLayer = (node: SourceNode) => WEIGHTED.has(node.op) && node.inputs.some((name) => trained.has(name));
  const found: RescalingSymmetry = { pairs: [], normalized: [] };
  for (const layer of source.nodes.filter(isLayer)) {
    let value = layer.outputs[0];
    for (;;) {
      const next = readers.get(value);
      if (next?.length !== 1 || source.outputs.includes(value)) break;
      const [node] = next as [SourceNode];
      if (isLayer(node) && node.inputs[0] === value) {
        found.pairs.push({ first: layer.name, second: node.name });
        break;
      }
      if (NORMALIZING.has(node.op)) {
        found.normalized.push(layer.name);
        break;
      }
      // The layer's own bias is scaled with its weights.
      const isBias = node.op === 'Add' && node.inputs.some((name) => trained.has(name));
      if (!isBias && !HOMOGENEOUS.has(node.op)) break;
      value = node.outputs[0];
    }
  }
  return found;
}

/** The consequence for raw eigenvalues, in a sentence or two; null without such a symmetry. */
export function rescalingSentence({ pairs, normalized }: RescalingSymmetry): string | null {
  const [pair] = pairs;
  const reasons = [
    ...(pair
      ? [
          `multiplying the weights of «${pair.first}» and dividing those of «${pair.second}» by the same factor does not change the network${others(pairs.length)}`,
        ]
      : []),
    ...(normalized.length
      ? [`the scale of «${normalized[0]}» is lost in the normalization that follows${others(normalized.length)}`]
      : []),
  ];
  if (reasons.length === 0) return null;
  return `Raw eigenvalues depend on how the weights are scaled: ${reasons.join('; and ')}, but changes λ_max (Dinh et al. 2017, arXiv:1703.04933). Compare models by the figures that stay the same: filter-normalized curvature and θᵀHθ of each tensor.`;
}

function others(count: number): string {
  return count > 1 ? ` (one of ${count} places)` : '';
}
