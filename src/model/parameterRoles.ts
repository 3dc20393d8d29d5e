import { byName } from '../graph/byName';
import type { SourceNode } from '../graph/source';

/** `Gelu`, `com.microsoft.Gelu` */
export function operatorKey({ op, domain }: Pick<SourceNode, 'op' | 'domain'>): string {
  return domain === '' || domain === 'ai.onnx' ? op : `${domain}.${op}`;
}

/** Inputs that hold weights, by operator. */
export const WEIGHTS: Readonly<Record<string, readonly number[]>> = byName({
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  DeformConv: [1, 3],
  Gemm: [0, 1, 2],
  MatMul: [0, 1],
  Einsum: [0, 1, 2, 3],
  Gather: [0],
  PRelu: [1],
  BatchNormalization: [1, 2],
  LayerNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  GroupNormalization: [1, 2],
  RMSNormalization: [1],
  SimplifiedLayerNormalization: [1],
  LSTM: [1, 2, 3, 7],
  GRU: [1, 2, 3],
  RNN: [1, 2, 3],
  'ai.onnx.ml.LinearRegressor': [1, 2],
  'ai.onnx.ml.LinearClassifier': [1, 2],
  'com.microsoft.Attention': [1, 2],
  'com.microsoft.MultiHeadAttention': [3],
  'com.microsoft.DecoderMaskedMultiHeadAttention': [10],
  'com.microsoft.BiasGelu': [1],
  'com.microsoft.BiasSplitGelu': [1],
  'com.microsoft.BiasSoftmax': [1],
  'com.microsoft.BiasAdd': [1],
  'com.microsoft.FastGelu': [1],
  'com.microsoft.FusedMatMul': [0, 1],
  'com.microsoft.FusedGemm': [0, 1, 2],
  'com.microsoft.FusedConv': [1, 2],
  'com.microsoft.GroupNorm': [1, 2],
  'com.microsoft.SkipGroupNorm': [1, 2],
  'com.microsoft.SkipLayerNormalization': [2, 3, 4],
  'com.microsoft.SkipSimplifiedLayerNormalization': [2, 3],
  'com.microsoft.SimplifiedLayerNormalization': [1],
  'com.microsoft.EmbedLayerNormalization': [2, 3, 4, 5, 6],
  'com.microsoft.NhwcConv': [1, 2],
  'com.microsoft.nchwc.Conv': [1, 2],
});

/** Operands whose role implies that the other operand has the same role. */
const bounds = { 0: 'bound', 1: 'bound', 2: 'bound' };
const thresholds = { 0: 'threshold', 1: 'threshold' };

/** Inputs that are never trained, with their roles. */
export const FIXED: Readonly<Record<string, Readonly<Record<number, string>>>> = byName({
  BatchNormalization: { 3: 'running mean', 4: 'running variance' },
  Clip: { 1: 'clip bound', 2: 'clip bound' },
  Max: bounds,
  Min: bounds,
  Pad: { 2: 'padding value' },
  Pow: { 1: 'exponent' },
  Mod: { 1: 'divisor' },
  Range: { 0: 'bound', 1: 'bound', 2: 'step' },
  Resize: { 1: 'region', 2: 'scale' },
  Upsample: { 1: 'scale' },
  GridSample: { 1: 'sampling grid' },
  Dropout: { 1: 'dropout ratio' },
  OneHot: { 2: 'values' },
  Equal: thresholds,
  Greater: thresholds,
  GreaterOrEqual: thresholds,
  Less: thresholds,
  LessOrEqual: thresholds,
  LSTM: { 5: 'initial state', 6: 'initial state' },
  GRU: { 5: 'initial state' },
  RNN: { 5: 'initial state' },
  STFT: { 2: 'window' },
  RotaryEmbedding: { 1: 'table of cosines', 2: 'table of sines' },
  Attention: { 3: 'attention mask' },
  SoftmaxCrossEntropyLoss: { 2: 'class weights' },
  NegativeLogLikelihoodLoss: { 2: 'class weights' },
  NonMaxSuppression: { 3: 'threshold', 4: 'threshold' },
  QuantizeLinear: { 1: 'quantization scale' },
  DequantizeLinear: { 1: 'quantization scale' },
  'com.microsoft.RotaryEmbedding': { 2: 'table of cosines', 3: 'table of sines' },
  'com.microsoft.MultiHeadAttention': { 5: 'attention bias' },
  'com.microsoft.Attention': { 5: 'attention bias' },
  'com.microsoft.GroupQueryAttention': { 7: 'table of cosines', 8: 'table of sines' },
});

/** Operators that pass on a tensor unchanged or rearranged. The reader of their output determines the role of their input. */
export const PASSING: ReadonlySet<string> = new Set([
  'Identity',
  'Transpose',
  'Reshape',
  'Unsqueeze',
  'Squeeze',
  'Flatten',
  'Cast',
  'CastLike',
  'Expand',
  'Slice',
  'Split',
  'Concat',
  'Tile',
  'Pad',
  'Trilu',
  'QuantizeLinear',
  'DequantizeLinear',
]);
