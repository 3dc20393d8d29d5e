import { byName } from '../../graph/byName';
import { ModelError } from '../../lower/context';
import type { SourceNode } from '../../graph/source';
import { operatorKey } from '../parameterRoles';

/** How an operator on quantized tensors splits into DequantizeLinear, the operator itself and QuantizeLinear. */
interface QuantizedForm {
  op: string;
  /** Index of the first of each (tensor, scale, zero point). */
  operands: readonly number[];
  /** Index of the scale of the result, its zero point follows. */
  result: number;
  /** Index of an integer bias of scale x·w, or α times that in a Gemm; null without a bias. */
  bias: number | null;
  /** Inputs before the operands, which are not quantized. */
  before?: readonly number[];
}

const triples = (op: string, count: number, bias: number | null = null): QuantizedForm => ({
  op,
  operands: Array.from({ length: count }, (_, i) => 3 * i),
  result: 3 * count,
  bias,
});

/** By operator, with its domain if it has one. */
const FORMS: Readonly<Record<string, QuantizedForm>> = byName({
  QLinearConv: triples('Conv', 2, 8),
  QLinearMatMul: triples('MatMul', 2),
  'com.microsoft.QLinearConv': triples('Conv', 2, 8),
  'com.microsoft.QLinearAdd': triples('Add', 2),
  'com.microsoft.QLinearMul': triples('Mul', 2),
  'com.microsoft.QLinearSigmoid': triples('Sigmoid', 1),
  'com.microsoft.QLinearLeakyRelu': triples('LeakyRelu', 1),
  'com.microsoft.QLinearAveragePool': triples('AveragePool', 1),
  'com.microsoft.QLinearGlobalAveragePool': triples('GlobalAveragePool', 1),
  'com.microsoft.QLinearSoftmax': triples('Softmax', 1),
  'com.microsoft.QLinearReduceMean': triples('ReduceMean', 1),
  /** The condition comes first, and is not quantized. */
  'com.microsoft.QLinearWhere': { op: 'Where', operands: [1, 4], result: 7, bias: null, before: [0] },
  'com.microsoft.QGemm': { op: 'Gemm', operands: [0, 3], result: 7, bias: 6 },
});

/** Scale and zero point of the result, then as many operands as there are. */
const concatForm = ({ inputs }: SourceNode): QuantizedForm => ({
  op: 'Concat',
  operands: Array.from({ length: (inputs.length - 2) / 3 }, (_, i) => 2 + 3 * i),
  result: 0,
  bias: null,
});

function formOf(node: SourceNode): QuantizedForm | undefined {
  const key = operatorKey(node);
  return key === 'com.microsoft.QLinearConcat' ? concatForm(node) : FORMS[key];
}

export const isQuantizedForm = (node: SourceNode) => formOf(node) !== undefined;

/**
 * y = QuantizeLinear(op(DequantizeLinear(x), DequantizeLinear(w), …)): the form with quantizers that ONNX Runtime itself
 * treats as equivalent to an operator on quantized tensors.
 * @throws ModelError for images whose channels come last, a layout that the runtime's optimizer writes for its kernels
 */
export function withQuantizers(node: SourceNode): SourceNode[] {
  if (node.attributes.channels_last?.value === 1) {
    const action = 'Use the file before ONNX Runtime optimized it, or one that it wrote at its level "extended".';
    throw new ModelError(node, `Ridgeline does not support ${node.op} on images whose channels come last.`, action);
  }
  const { op, operands, result, bias, before = [] } = formOf(node)!;
  const [y] = node.outputs;
  const own = (name: string) => `${node.name}/${name}`;
  const quantizer = (kind: string, inputs: string[], output: string, axis?: number): SourceNode => ({
    name: own(kind + ' ' + output),
    op: kind,
    domain: '',
    inputs,
    outputs: [output],
    attributes: axis === undefined ? {} : { axis: { kind: 'int', value: axis } },
  });
  // Weights have a scale per output, on axis 0 of a kernel and the last axis of a matrix. A left factor has one per row.
  const axes = [-2, op === 'Conv' ? 0 : node.attributes.transB?.value === 1 ? 0 : -1];
  const nodes = operands.map((i, k) =>
    quantizer('DequantizeLinear', node.inputs.slice(i, i + 3), own(`operand ${k + 1}`), axes[k]),
  );
  const inputs = [...before.map((i) => node.inputs[i]), ...operands.map((_, k) => own(`operand ${k + 1}`))];
  if (bias !== null && node.inputs[bias]) {
    const product = own('bias scale');
    nodes.push({
      name: product,
      op: 'Mul',
      domain: '',
      inputs: [node.inputs[operands[0] + 1], node.inputs[operands[1] + 1]],
      outputs: [product],
      attributes: {},
    });
    nodes.push(quantizer('DequantizeLinear', [node.inputs[bias], product], own('bias'), 0));
    inputs.push(own('bias'));
  }
  const scaled = node.inputs[result];
  const { alpha } = node.attributes;
  const attributes = op === 'Gemm' && alpha ? { ...node.attributes, beta: alpha } : node.attributes;
  nodes.push({ ...node, op, domain: '', inputs, attributes, outputs: [scaled ? own('result') : y] });
  if (scaled) nodes.push(quantizer('QuantizeLinear', [own('result'), ...node.inputs.slice(result, result + 2)], y));
  return nodes;
}
