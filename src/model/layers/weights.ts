import type { SourceGraph, SourceNode } from '../../graph/source';
import type { SourceIndex, Use } from '../../graph/sourceIndex';
import { indexOf } from '../../graph/sourceIndex';
import { sizeOf } from '../../graph/tensor';
import { operatorKey } from '../parameterRoles';
import type { Following } from './following';
import { following } from './following';

export type WeightKind =
  'dense' | 'convolution' | 'depthwise' | 'attention' | 'recurrent' | 'embedding' | 'scale' | 'bias' | 'other';

/** What a parameter does in the network. */
export interface WeightRole {
  parameter: string;
  kind: WeightKind;
  /** Number of terms of a sum that gives one output, and of the sums that one input is a term of; weights only. */
  fans: { in: number; out: number } | null;
  /** The first operator behind it that is not linear, as ONNX names it. */
  activation: string | null;
  /** Name of the node that gives the layer's units: its activation, or the recurrent layer. */
  place: string | null;
  /** Slope of a leaky rectifier on its negative side; 0 for others. */
  slope: number;
  /** Where the way behind it ends. */
  end: Following['end'];
  /** The input of the model that dense weights read as it is. */
  reads: string | null;
  /** The weights that read its output directly, behind activations and poolings only. */
  next: string | null;
}

/** The layer operators, with the inputs that hold weights and the input that holds the data. */
const LAYERS = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul', 'LSTM', 'GRU', 'RNN']);
const RECURRENT = new Set(['LSTM', 'GRU', 'RNN']);
const SCALES = new Set([
  'BatchNormalization',
  'LayerNormalization',
  'InstanceNormalization',
  'GroupNormalization',
  'RMSNormalization',
  'SimplifiedLayerNormalization',
]);

/** The roles of all parameters, in their order. Loops and branches are not looked into. */
export function weightRoles(
  source: SourceGraph,
  parameters: readonly { name: string; shape: readonly number[] }[],
): WeightRole[] {
  const index = indexOf(source);
  const inputs = new Set(source.inputs.map((input) => input.name));
  const trained = new Set(parameters.map(({ name }) => name));
  const read = new Map<SourceNode, { parameter: string; role: Reading }>();
  const readings = parameters.map(({ name, shape }) => {
    const role = readingOf(index, name, shape);
    if (role.fans && role.node) read.set(role.node, { parameter: name, role });
    return { name, role };
  });
  const isLayer = (node: SourceNode, value: string): boolean => {
    const found = read.get(node);
    return found ? found.role.value !== value && trained.has(found.parameter) : false;
  };
  return readings.map(({ name, role: { kind, fans, node } }): WeightRole => {
    const place = node && RECURRENT.has(node.op) ? node.name : null;
    const plain = {
      parameter: name,
      kind,
      fans,
      activation: null,
      place,
      slope: 0,
      end: 'other' as const,
      reads: null,
      next: null,
    };
    // Weights that are read several times, as in an unrolled recurrence, have no one way behind them.
    if (!fans || !node || RECURRENT.has(node.op) || (index.uses.get(name)?.length ?? 0) > 1) return plain;
    const { activation, end, node: last } = following(source, index, node, isLayer);
    return {
      ...plain,
      kind: kind === 'dense' && isAttended(source, index, node) ? 'attention' : kind,
      activation: activation?.name ?? null,
      place: activation?.node ?? null,
      slope: activation?.slope ?? 0,
      end,
      reads: kind === 'dense' ? (node.inputs.find((input) => inputs.has(input)) ?? null) : null,
      next: end === 'layer' && last ? (read.get(last)?.parameter ?? null) : null,
    };
  });
}

interface Reading {
  kind: WeightKind;
  fans: { in: number; out: number } | null;
  node: SourceNode | null;
  /** The name under which the node reads it. */
  value: string;
}

function readingOf(index: SourceIndex, name: string, shape: readonly number[]): Reading {
  const use = firstUse(index, name, shape);
  if (!use) return { kind: 'other', fans: null, node: null, value: name };
  const { node, input, shape: seen, value } = use;
  const key = operatorKey(node);
  const found = (kind: WeightKind, fans: Reading['fans'] = null): Reading => ({ kind, fans, node, value });
  if (key === 'Conv' && input === 1) {
    const group = attribute(node, 'group', 1);
    const places = sizeOf(seen.slice(2));
    const fans = { in: seen[1] * places, out: (seen[0] / group) * places };
    return found(group > 1 && seen[1] === 1 ? 'depthwise' : 'convolution', fans);
  }
  if (key === 'ConvTranspose' && input === 1) {
    const group = attribute(node, 'group', 1);
    const places = sizeOf(seen.slice(2));
    // Each output place is reached by every stride-th place of the kernel.
    const strides = (node.attributes.strides?.value as readonly number[] | undefined) ?? [];
    return found('convolution', { in: ((seen[0] / group) * places) / sizeOf(strides), out: seen[1] * places });
  }
  if ((key === 'Gemm' && input < 2) || key === 'MatMul') {
    const isTransposed = key === 'Gemm' && attribute(node, input === 0 ? 'transA' : 'transB', 0) === 1;
    if (seen.length >= 2) {
      const [rows, columns] = seen.slice(-2);
      const isSummedFirst = (input === 1) !== isTransposed;
      return found('dense', isSummedFirst ? { in: rows, out: columns } : { in: columns, out: rows });
    }
  }
  if (RECURRENT.has(key) && (input === 1 || input === 2)) {
    const gates = { LSTM: 4, GRU: 3, RNN: 1 }[key] ?? 1;
    return found('recurrent', { in: seen[2], out: seen[1] / gates });
  }
  if (key === 'Gather' && input === 0) return found('embedding');
  if (SCALES.has(key)) return found(input === 1 ? 'scale' : 'bias');
  if (LAYERS.has(key) || key === 'Add' || key === 'Sub') return found('bias');
  return found(key === 'Mul' || key === 'Div' || key === 'PRelu' ? 'scale' : 'other');
}

/** The first node that computes with a tensor, behind those that keep its numbers apart. */
function firstUse(
  { uses }: SourceIndex,
  name: string,
  shape: readonly number[],
): (Use & { shape: readonly number[]; value: string }) | null {
  let [value, seen] = [name, shape];
  for (;;) {
    const [use] = uses.get(value) ?? [];
    if (!use) return null;
    const { op, attributes, outputs } = use.node;
    if (op !== 'Transpose' && op !== 'Identity' && op !== 'Cast') return { ...use, shape: seen, value };
    if (op === 'Transpose') {
      const perm = (attributes.perm?.value as readonly number[] | undefined) ?? [...seen.keys()].reverse();
      seen = perm.map((axis) => seen[axis]);
    }
    [value] = outputs;
  }
}

function attribute({ attributes }: SourceNode, name: string, otherwise: number): number {
  const found = attributes[name]?.value;
  return typeof found === 'number' ? found : otherwise;
}

/** Operators between a projection and the product with another projection. */
const BEFORE_ATTENTION = new Set(['Add', 'Mul', 'Div', 'Reshape', 'Transpose', 'Split', 'Slice', 'Squeeze', 'Gather']);
const ATTENTION = new Set(['Attention', 'com.microsoft.MultiHeadAttention', 'com.microsoft.GroupQueryAttention']);
const MOST_STEPS = 12;

/** Whether what a layer computes is multiplied with something else that is computed, as queries, keys and values are. */
function isAttended(source: SourceGraph, { uses, producers }: SourceIndex, layer: SourceNode): boolean {
  let values = [...layer.outputs];
  for (let step = 0; step < MOST_STEPS && values.length > 0; step++) {
    const readers = values.flatMap((value) => uses.get(value) ?? []).map(({ node }) => node);
    const isProduct = ({ op, inputs }: SourceNode) => op === 'MatMul' && inputs.every((name) => producers.has(name));
    if (
      readers.some((node) => ATTENTION.has(operatorKey(node)) || (isProduct(node) && !reads(source, producers, node)))
    )
      return true;
    values = readers.flatMap(({ op, outputs }) => (BEFORE_ATTENTION.has(op) ? outputs : []));
  }
  return false;
}

/** Whether one operand of a product is a parameter that was only transposed. */
function reads({ initializers }: SourceGraph, producers: SourceIndex['producers'], { inputs }: SourceNode): boolean {
  return inputs.some((name) => {
    const producer = producers.get(name);
    return producer?.op === 'Transpose' && initializers.has(producer.inputs[0]);
  });
}
