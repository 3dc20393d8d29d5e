import { byName } from '../../graph/byName';
import type { SourceNode } from '../../graph/source';
import { operatorKey } from '../parameterRoles';

/** An operator with integer weights as the plain operator, and the tensors that it reads dequantized. */
interface QuantizedLayer {
  op: string;
  domain: string;
  /** For each input of the plain operator, the index of the original input. */
  inputs: readonly number[];
  /** By index of the input: the indices of scale and zero point, and whether the last two axes are exchanged. */
  quantized: Readonly<Record<number, { scale: number; zeroPoint: number; transposed?: boolean }>>;
}

const LAYERS: Readonly<Record<string, QuantizedLayer>> = byName({
  'com.microsoft.DynamicQuantizeLSTM': {
    op: 'LSTM',
    domain: '',
    inputs: [0, 1, 2, 3, 4, 5, 6, 7],
    quantized: {
      1: { scale: 8, zeroPoint: 9, transposed: true },
      2: { scale: 10, zeroPoint: 11, transposed: true },
    },
  },
  'com.microsoft.QAttention': {
    op: 'Attention',
    domain: 'com.microsoft',
    inputs: [0, 1, 2, 5, 8],
    quantized: { 0: { scale: 3, zeroPoint: 6 }, 1: { scale: 4, zeroPoint: 7 } },
  },
  'com.microsoft.QEmbedLayerNormalization': {
    op: 'EmbedLayerNormalization',
    domain: 'com.microsoft',
    inputs: [0, 1, 2, 3, 4, 5, 6, 7],
    quantized: Object.fromEntries([2, 3, 4, 5, 6].map((i) => [i, { scale: i + 6, zeroPoint: i + 11 }])),
  },
});

/** The plain layer behind dequantizers of its integer inputs; null for any other node. */
export function plainLayer(node: SourceNode): SourceNode[] | null {
  const layer = LAYERS[operatorKey(node)];
  if (!layer) return null;
  const made: SourceNode[] = [];
  const add = (op: string, inputs: readonly string[], output: string, attributes: SourceNode['attributes']) => {
    made.push({ name: output, op, domain: '', inputs, outputs: [output], attributes });
    return output;
  };
  const at = (i: number) => node.inputs[i] ?? '';
  const inputs = layer.inputs.map((i) => {
    const quantized = layer.quantized[i];
    if (!quantized || at(i) === '') return at(i);
    // Weights have one scale, or one per column; those of recurrent layers also have one per direction.
    const axis = { axis: { kind: 'int' as const, value: quantized.transposed ? 0 : -1 } };
    const { scale, zeroPoint } = quantized;
    const plain = add('DequantizeLinear', [at(i), at(scale), at(zeroPoint)], `${node.name}/${i}`, axis);
    if (!quantized.transposed) return plain;
    return add('Transpose', [plain], `${plain} transposed`, { perm: { kind: 'ints', value: [0, 2, 1] } });
  });
  return [...made, { ...node, op: layer.op, domain: layer.domain, inputs }];
}
