import { expect, it } from 'vitest';
import { fileOf, loweredRun, runtimeOutputs } from '../../test/unit/exportedModel';
import { floats, node, sourceGraph, weights } from '../../test/unit/sourceGraph';
import type { DType } from '../graph/tensor';
import { scalar, tensor } from '../graph/tensor';
import type { SourceAttribute, SourceSubgraph } from '../graph/source';

const graph = (value: SourceSubgraph): SourceAttribute => ({ kind: 'graph', value });
const port = (name: string, dtype: DType, shape: readonly number[]) => ({ name, dtype, shape });
const X = { x: weights('x', [2, 3]) };

it('weights inside a loop are trained and shared by all steps', async () => {
  const body: SourceSubgraph = {
    nodes: [
      node('Constant', '', 'b', { value: { kind: 'tensor', value: floats([0.1, -0.2, 0.3]) } }),
      node('MatMul', 'h w', 'm'),
      node('Add', 'm b', 'a'),
      node('Tanh', 'a', 'next'),
      node('Identity', 'go', 'goes'),
    ],
    initializers: new Map([['w', weights('w', [3, 3])]]),
    inputs: [port('i', 'int64', []), port('go', 'bool', []), port('h', 'float32', [2, 3])],
    outputs: [port('goes', 'bool', []), port('next', 'float32', [2, 3])],
  };
  const model = sourceGraph({
    nodes: [node('Loop', 'trips yes x', 'y', { body: graph(body) })],
    initializers: { trips: scalar('int64', 3), yes: tensor('bool', [], [1]) },
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 3] }],
  });
  const expected = (await runtimeOutputs(model, X)).y.data as Float32Array;
  const { outputs, parameters } = await loweredRun(fileOf(model), X);
  expect(Object.keys(parameters)).toEqual(['w', 'b']);
  (outputs.y.data as Float32Array).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5));
});

it('weights of the same name in two branches stay separate', async () => {
  const branch = (value: number): SourceSubgraph => ({
    nodes: [node('MatMul', 'x w', 'out')],
    initializers: new Map([['w', weights(`w${value}`, [3, 2])]]),
    inputs: [],
    outputs: [port('out', 'float32', [2, 2])],
  });
  const model = sourceGraph({
    nodes: [node('If', 'no', 'y', { then_branch: graph(branch(1)), else_branch: graph(branch(2)) })],
    initializers: { no: tensor('bool', [], [0]) },
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 3] }],
  });
  const expected = (await runtimeOutputs(model, X)).y.data as Float32Array;
  const { outputs, parameters } = await loweredRun(fileOf(model), X);
  expect(Object.keys(parameters)).toHaveLength(2);
  (outputs.y.data as Float32Array).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5));
});
