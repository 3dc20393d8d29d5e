import { byName } from '../graph/byName';
import type { SourceNode } from '../graph/source';

/** The number of inputs that an operator requires, or their positions if an optional input lies between them. */
type Required = number | readonly number[];

/**
 * Operators of ONNX that require more than their first input, with what was an attribute in older operator sets counted from
 * the set on in which it became an input.
 * @see ONNX, docs/Operators.md and docs/Changelog.md
 */
const standard: Readonly<Record<string, Required | ((opset: number) => Required)>> = byName({
  ...each(['ConstantFill', 'Loop'], 0),
  ...each(['Add', 'Sub', 'Mul', 'Div', 'Mod', 'Pow', 'PRelu', 'MatMul', 'MatMulInteger', 'Gemm', 'SwiGLU'], 2),
  ...each(['And', 'Or', 'Xor', 'Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'], 2),
  ...each(['Conv', 'ConvInteger', 'ConvTranspose', 'CausalConvWithState', 'AffineGrid', 'GridSample', 'MaxUnpool'], 2),
  ...each(['Gather', 'GatherElements', 'GatherND', 'Compress', 'CumSum', 'ReverseSequence', 'TensorScatter'], 2),
  ...each(['Reshape', 'Expand', 'Tile', 'CastLike', 'CenterCropPad', 'QuantizeLinear', 'DequantizeLinear', 'STFT'], 2),
  ...each(['LayerNormalization', 'RMSNormalization', 'SimplifiedLayerNormalization'], 2),
  ...each(['NegativeLogLikelihoodLoss', 'SoftmaxCrossEntropyLoss'], 2),
  ...each(['Where', 'OneHot', 'Scatter', 'ScatterElements', 'ScatterND', 'Col2Im', 'DeformConv', 'RoiAlign'], 3),
  ...each(['LSTM', 'GRU', 'RNN', 'GroupNormalization', 'InstanceNormalization'], 3),
  ...each(['Attention', 'LinearAttention', 'RotaryEmbedding'], 3),
  BatchNormalization: 5,
  Unsqueeze: since(13, 2),
  Pad: since(11, 2),
  Slice: since(10, 3),
  TopK: since(10, 2),
  Upsample: since(9, 2),
  Resize: (opset: number) => (opset < 11 ? 2 : 1),
});

const domains: Readonly<Record<string, typeof standard>> = byName({
  '': standard,
  'ai.onnx': standard,
  'ai.onnx.ml': byName({ ArrayFeatureExtractor: 2 }),
  'com.microsoft': byName({
    ...each(['Attention', 'BiasGelu', 'ExpandDims', 'FusedConv', 'FusedGemm', 'FusedMatMul', 'TransposeMatMul'], 2),
    SimplifiedLayerNormalization: 2,
    ...each(['SkipLayerNormalization', 'SkipSimplifiedLayerNormalization'], 3),
    RotaryEmbedding: 4,
    EmbedLayerNormalization: [0, 2, 3, 5, 6],
  }),
});

/** Positions of the required inputs of an operator. An unlisted operator requires its first. */
export function requiredInputs({ op, domain }: Pick<SourceNode, 'op' | 'domain'>, opset: number): readonly number[] {
  const entry = domains[domain]?.[op] ?? 1;
  const required = typeof entry === 'function' ? entry(opset) : entry;
  return typeof required === 'number' ? [...Array(required).keys()] : required;
}

function each(ops: readonly string[], required: number): Record<string, Required> {
  return Object.fromEntries(ops.map((op) => [op, required]));
}

/** Requires so many inputs from an operator set on, and only the first before. */
function since(version: number, required: number) {
  return (opset: number): Required => (opset < version ? 1 : required);
}
