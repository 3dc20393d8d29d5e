import { expect, it } from 'vitest';
import { Engine } from '../engine/engine';
import { UserError } from '../errors';
import { GraphBuilder } from '../graph/builder';
import type { SourceNode } from '../graph/source';
import { contextOf, ModelError } from './context';
import { lower } from './lower';
import { requiredInputs } from './requiredInputs';
import { loweredOperators, unrollingOf } from './table';

const OPSETS = [7, 9, 10, 11, 13, 17, 24];

function operator(name: string): { op: string; domain: string } {
  const dot = name.lastIndexOf('.');
  return { op: name.slice(dot + 1), domain: name.slice(0, Math.max(dot, 0)) };
}

/** Every list of inputs that lacks one which the operator requires: too short a list, or a place left empty. */
function* incomplete(name: string, opset: number): Generator<SourceNode> {
  const required = requiredInputs(operator(name), opset);
  const all = Array.from({ length: (required.at(-1) ?? -1) + 1 }, (_, i) => `x${i}`);
  const node = (inputs: string[]) => ({ ...operator(name), name: 'layer 7', inputs, outputs: ['y'], attributes: {} });
  for (const place of required) {
    yield node(all.slice(0, place));
    yield node(all.map((input, i) => (i === place ? '' : input)));
  }
}

it.each(loweredOperators)('%s without a required input is refused, naming node and operator', (name) => {
  const g = new GraphBuilder();
  for (const opset of OPSETS) {
    for (const node of incomplete(name, opset)) {
      const inputs = node.inputs.map((input) => (input === '' ? null : g.input(input, 'float32', [2, 3])));
      const missing = requiredInputs(node, opset).find((place) => !inputs[place])!;
      const make = () => contextOf(g, node, inputs, opset);
      expect(make).toThrow(ModelError);
      expect(make).toThrow(`Input ${missing + 1} of ${node.op} is missing.\n  at ${node.op} "layer 7"`);
    }
  }
});

it('a model is refused with a message, whichever input is missing', async () => {
  const engine = new Engine({ provider: 'cpu', threads: 1 });
  try {
    for (const name of loweredOperators.filter((each) => !unrollingOf(operator(each)))) {
      for (const node of incomplete(name, 17)) {
        const g = new GraphBuilder();
        const bound = new Map(node.inputs.map((input) => [input, g.input(input, 'float32', [2, 3])]));
        const source = { nodes: [node], initializers: new Map(), inputs: [], outputs: ['y'], opsets: { '': 17 } };
        // A node of constants alone is left to the runtime, whose refusal is no harm where nothing reads the node.
        const refusal = await lower(g, source, bound, engine).then(({ unavailable }) => unavailable.get('y'), asIs);
        expect(refusal, `${name} of ${node.inputs.join(' ')}`).toBeInstanceOf(UserError);
      }
    }
  } finally {
    await engine.dispose();
  }
});

it('the required inputs agree with the ONNX documentation', () => {
  const places = (op: string, opset = 17, domain = '') => requiredInputs({ op, domain }, opset);
  expect(places('BatchNormalization')).toEqual([0, 1, 2, 3, 4]);
  expect([places('Pad', 10), places('Pad', 11)]).toEqual([[0], [0, 1]]);
  expect([places('Slice', 9), places('Slice', 10)]).toEqual([[0], [0, 1, 2]]);
  expect([places('Unsqueeze', 11), places('Unsqueeze', 13)]).toEqual([[0], [0, 1]]);
  expect(places('Clip')).toEqual([0]);
  expect(places('LSTM')).toEqual([0, 1, 2]);
  expect(places('EmbedLayerNormalization', 1, 'com.microsoft')).toEqual([0, 2, 3, 5, 6]);
  expect(places('toString')).toEqual([0]);
});

const asIs = (fault: unknown) => fault;
