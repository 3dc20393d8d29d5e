import { expect, it } from 'vitest';
import { node } from '../../test/unit/sourceGraph';
import { parameterLabels } from './parameterLabels';

const named = (name: string, op: string, inputs: string) => ({ ...node(op, inputs, `${name}_out`), name });
const labelsOf = (nodes: ReturnType<typeof named>[], parameters: readonly string[]) =>
  Object.fromEntries(parameterLabels({ nodes }, parameters));

it('names a generated tensor after the layer that reads it, as the layer would', () => {
  const nodes = [
    named('/encoder/layers.0/linear/MatMul', 'MatMul', 'x onnx::MatMul_200'),
    named('/encoder/layers.0/linear/Add', 'Add', 'encoder.layers.0.linear.bias h'),
    named('/conv1/Conv', 'Conv', 'x onnx::Conv_20 onnx::Conv_21'),
    named('/rnn/LSTM', 'LSTM', 'x onnx::LSTM_1 onnx::LSTM_2 onnx::LSTM_3'),
  ];
  const parameters = [
    'onnx::MatMul_200',
    'encoder.layers.0.linear.bias',
    'onnx::Conv_20',
    'onnx::Conv_21',
    'onnx::LSTM_1',
    'onnx::LSTM_2',
    'onnx::LSTM_3',
  ];
  expect(labelsOf(nodes, parameters)).toEqual({
    'onnx::MatMul_200': 'encoder.layers.0.linear.weight',
    'onnx::Conv_20': 'conv1.weight',
    'onnx::Conv_21': 'conv1.bias',
    'onnx::LSTM_1': 'rnn.inputWeight',
    'onnx::LSTM_2': 'rnn.recurrentWeight',
    'onnx::LSTM_3': 'rnn.bias',
  });
});

it('takes the block from the bias beside it, where the scopes of the nodes lack it', () => {
  const nodes = [
    named('/qkv/MatMul', 'MatMul', 'x onnx::MatMul_1'),
    { ...named('/qkv/Add', 'Add', 'bl.0.qkv.bias'), inputs: ['bl.0.qkv.bias', '/qkv/MatMul_out'] },
    named('/qkv_1/MatMul', 'MatMul', 'y onnx::MatMul_2'),
    { ...named('/qkv_1/Add', 'Add', 'bl.1.qkv.bias'), inputs: ['bl.1.qkv.bias', '/qkv_1/MatMul_out'] },
    // The bias of another layer is added to this one's result.
    named('/head/MatMul', 'MatMul', 'z onnx::MatMul_3'),
    { ...named('/Add', 'Add', 'other.shift'), inputs: ['other.shift', '/head/MatMul_out'] },
  ];
  const parameters = [
    'bl.0.qkv.bias',
    'bl.1.qkv.bias',
    'other.shift',
    'onnx::MatMul_1',
    'onnx::MatMul_2',
    'onnx::MatMul_3',
  ];
  expect(labelsOf(nodes, parameters)).toEqual({
    'onnx::MatMul_1': 'bl.0.qkv.weight',
    'onnx::MatMul_2': 'bl.1.qkv.weight',
    'onnx::MatMul_3': 'head.weight',
  });
});

it('writes a scope once, which PyTorch repeats in the scopes below', () => {
  const nodes = [named('/body/body.0/body.0.1/Conv', 'Conv', 'x onnx::Conv_1')];
  expect(labelsOf(nodes, ['onnx::Conv_1'])).toEqual({ 'onnx::Conv_1': 'body.0.1.weight' });
});

it('gives no name twice, and none that a parameter has', () => {
  const nodes = [
    named('/attention/MatMul', 'MatMul', 'x onnx::MatMul_1'),
    named('/attention/MatMul_1', 'MatMul', 'x onnx::MatMul_2'),
    named('/fc/MatMul', 'MatMul', 'x onnx::MatMul_3'),
  ];
  expect(labelsOf(nodes, ['onnx::MatMul_1', 'onnx::MatMul_2', 'onnx::MatMul_3', 'fc.weight'])).toEqual({
    'onnx::MatMul_1': 'attention.weight',
    'onnx::MatMul_2': 'attention.MatMul_1.weight',
    'onnx::MatMul_3': 'fc.MatMul.weight',
  });
});

it('leaves names that people gave, and those without a scope to take one from', () => {
  const nodes = [named('MatMul_7', 'MatMul', 'x onnx::MatMul_1'), named('/fc/Gemm', 'Gemm', 'x W1 fc.bias')];
  expect(labelsOf(nodes, ['onnx::MatMul_1', 'W1', 'fc.bias'])).toEqual({});
});
