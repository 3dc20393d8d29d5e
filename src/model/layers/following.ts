import type { SourceGraph, SourceNode } from '../../graph/source';
import type { SourceIndex } from '../../graph/sourceIndex';
import { normalizesBatch } from '../../lower/normalization';
import { operatorKey, PASSING } from '../parameterRoles';

export interface LayerActivation {
  /** As ONNX names it, also where an exporter wrote it as several operators. */
  name: string;
  /** Name of the node whose output is the activation. */
  node: string;
  /** Slope of a leaky rectifier on its negative side; 0 for others. */
  slope: number;
}

/** What comes after a layer, up to the next one. */
export interface Following {
  /** The first operator that is not linear; null if there is none before the end. */
  activation: LayerActivation | null;
  /**
   * Why the way ends: at the weights of another layer, in a normalization, in a batch normalization by running
   * statistics, where several values come together or one goes several ways, at an output of the model, or at an
   * operator not known here.
   */
  end: 'layer' | 'normalization' | 'batch normalization' | 'merge' | 'output' | 'other';
  /** The node at the end; null at an output. */
  node: SourceNode | null;
}

/** f(c·x) = f(x): the scale of the input is lost. */
const NORMALIZING = new Set([
  'LayerNormalization',
  'InstanceNormalization',
  'GroupNormalization',
  'RMSNormalization',
  'SimplifiedLayerNormalization',
  'MeanVarianceNormalization',
  'LpNormalization',
  'com.microsoft.SkipLayerNormalization',
  'com.microsoft.SkipSimplifiedLayerNormalization',
  'com.microsoft.SimplifiedLayerNormalization',
  'com.microsoft.GroupNorm',
]);

const ACTIVATIONS = new Set([
  'Relu',
  'LeakyRelu',
  'PRelu',
  'Elu',
  'Selu',
  'Celu',
  'Gelu',
  'com.microsoft.Gelu',
  'com.microsoft.FastGelu',
  'com.microsoft.QuickGelu',
  'Mish',
  'Swish',
  'HardSwish',
  'Softplus',
  'Softsign',
  'ThresholdedRelu',
  'Clip',
  'Tanh',
  'Sigmoid',
  'HardSigmoid',
  'Sin',
  'Softmax',
  'LogSoftmax',
]);

/** Operators that neither mix the units nor change their scale much. */
const TRANSPARENT = new Set([
  ...PASSING,
  'Dropout',
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'ReduceMean',
  'ReduceMax',
]);

/**
 * Follows the output of a layer through its bias, activations, poolings and rearrangements.
 * @param isLayer whether a node reads the value as the data of weights
 */
export function following(
  source: SourceGraph,
  { uses, producers }: SourceIndex,
  layer: SourceNode,
  isLayer: (node: SourceNode, value: string) => boolean,
): Following {
  let activation: LayerActivation | null = null;
  let value = layer.outputs[0];
  for (;;) {
    const readers = uses.get(value) ?? [];
    const gate = gateOf(
      uses,
      readers.map(({ node }) => node),
    );
    if (gate) {
      activation ??= { name: gate.name, node: gate.product.name, slope: 0 };
      [value] = gate.product.outputs;
      continue;
    }
    if (source.outputs.includes(value) || readers.length === 0) return { activation, end: 'output', node: null };
    if (readers.length > 1) return { activation, end: 'merge', node: null };
    const [{ node }] = readers;
    const key = operatorKey(node);
    if (isLayer(node, value)) return { activation, end: 'layer', node };
    if (NORMALIZING.has(key)) return { activation, end: 'normalization', node };
    if (key === 'BatchNormalization') {
      const isMeasured = normalizesBatch(node, source.opsets[''] ?? 1);
      return { activation, end: isMeasured ? 'normalization' : 'batch normalization', node };
    }
    if (ACTIVATIONS.has(key)) activation ??= { name: node.op, node: node.name, slope: slopeOf(node) };
    else if (ARITHMETIC.has(key)) {
      const isFree = node.inputs.every((name) => name === value || name === '' || isConstant(source, producers, name));
      if (!isFree) return { activation, end: 'merge', node };
    } else if (!TRANSPARENT.has(key) || key === 'Concat') return { activation, end: 'other', node };
    [value] = node.outputs;
  }
}

const ARITHMETIC = new Set(['Add', 'Sub', 'Mul', 'Div', 'com.microsoft.BiasGelu', 'com.microsoft.BiasAdd']);

/** x·f(x), as exporters write SiLU and GELU, by the operator in f. */
const GATES: Readonly<Record<string, string>> = {
  Sigmoid: 'Swish',
  HardSigmoid: 'HardSwish',
  Erf: 'Gelu',
  Tanh: 'Mish',
};
/** Operators of f beside the one that is not linear. */
const IN_GATE = new Set(['Add', 'Mul', 'Div', 'Softplus', ...Object.keys(GATES)]);
const MOST_IN_GATE = 6;

/** The product in which the two ways of a value meet again, one of them through f. */
function gateOf(
  uses: SourceIndex['uses'],
  readers: readonly SourceNode[],
): { name: string; product: SourceNode } | null {
  if (readers.length !== 2) return null;
  for (const [i, product] of readers.entries()) {
    if (product.op !== 'Mul') continue;
    let node = readers[1 - i];
    let name: string | undefined;
    for (let step = 0; step < MOST_IN_GATE && node !== product && IN_GATE.has(node.op); step++) {
      name = GATES[node.op] ?? name;
      const next = uses.get(node.outputs[0]) ?? [];
      if (next.length !== 1) break;
      node = next[0].node;
    }
    if (node === product && name !== undefined) return { name, product };
  }
  return null;
}

function slopeOf({ op, attributes: { alpha } }: SourceNode): number {
  if (op !== 'LeakyRelu') return 0;
  return alpha?.kind === 'float' || alpha?.kind === 'int' ? alpha.value : 0.01;
}

/** An initializer, or one that was only rearranged. */
function isConstant({ initializers }: SourceGraph, producers: SourceIndex['producers'], name: string): boolean {
  if (initializers.has(name)) return true;
  const producer = producers.get(name);
  return producer !== undefined && PASSING.has(producer.op) && producer.inputs[0] !== undefined
    ? initializers.has(producer.inputs[0])
    : false;
}
