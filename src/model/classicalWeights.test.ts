import { expect, it } from 'vitest';
import { floats as attribute } from '../../test/unit/checkLowering';
import { ints, node, sourceGraph, weights } from '../../test/unit/sourceGraph';
import { Engine } from '../engine/engine';
import { GraphBuilder } from '../graph/builder';
import { weightsOfAttributes } from './classicalWeights';
import { lower } from '../lower/lower';
import type { SourceNode } from '../graph/source';
import { classifyParameters } from './parameters';

const coefficients = [0.5, -1, 2, 0.25, 1, -0.5, -0.75, 3, 1, 0.1, -2, -1];
const classes = (count: number) => ({
  classlabels_ints: { kind: 'ints' as const, value: Array.from({ length: count }, (_, i) => 10 * i) },
});
const x = weights('x', [5, 4]);

/** Outputs of a node by the runtime, and by what it becomes. */
async function both(linear: SourceNode) {
  const engine = new Engine({ provider: 'cpu', threads: 1 });
  try {
    const expected = await engine.evaluate(linear, [x], 1);
    const source = sourceGraph({ nodes: [linear], initializers: {}, opsets: { '': 17, 'ai.onnx.ml': 1 } });
    const g = new GraphBuilder();
    const input = g.input('x', 'float32', x.shape);
    const { values } = await lower(g, weightsOfAttributes(source), new Map([['x', input]]), engine);
    const outputs = Object.fromEntries(linear.outputs.map((name) => [name, values.get(name)!]));
    const program = await engine.compile(g, { inputs: { x: input }, outputs, constants: new Map() });
    const found = await program.run({ x });
    return { expected, found: linear.outputs.map((name) => found[name]) };
  } finally {
    await engine.dispose();
  }
}

it.each(['NONE', 'SOFTMAX', 'LOGISTIC'])('a classifier with the transform %s agrees with the runtime', async (t) => {
  const linear = node('ai.onnx.ml.LinearClassifier', 'x', 'label scores', {
    coefficients: attribute(coefficients),
    intercepts: attribute([0.1, -0.2, 0.3]),
    post_transform: t,
    ...classes(3),
  });
  const { expected, found } = await both(linear);
  expect(found[0].data).toEqual(expected[0].data);
  for (const [i, value] of (expected[1].data as Float32Array).entries()) expect(found[1].data[i]).toBeCloseTo(value, 5);
});

it.each(['NONE', 'LOGISTIC'])(
  'a classifier of two classes with the transform %s agrees with the runtime',
  async (t) => {
    const linear = node('ai.onnx.ml.LinearClassifier', 'x', 'label scores', {
      coefficients: attribute([0.5, -1, 2, 0.25, -0.5, 1, -2, -0.25]),
      intercepts: attribute([0.1, -0.1]),
      post_transform: t,
      ...classes(2),
    });
    const { expected, found } = await both(linear);
    expect(found[0].data).toEqual(expected[0].data);
    for (const [i, value] of (expected[1].data as Float32Array).entries())
      expect(found[1].data[i]).toBeCloseTo(value, 5);
  },
);

it('a regressor agrees with the runtime', async () => {
  const linear = node('ai.onnx.ml.LinearRegressor', 'x', 'y', {
    coefficients: attribute(coefficients),
    intercepts: attribute([0.1, -0.2, 0.3]),
    targets: 3,
  });
  const { expected, found } = await both(linear);
  expect(found[0].shape).toEqual([5, 3]);
  for (const [i, value] of (expected[0].data as Float32Array).entries()) expect(found[0].data[i]).toBeCloseTo(value, 5);
});

it('the weights are parameters, and two mirrored rows are one parameter', () => {
  const nodes = [
    node('ai.onnx.ml.LinearClassifier', 'x', 'label scores', {
      coefficients: attribute([-1, 2, -3, 4, 1, -2, 3, -4]),
      intercepts: attribute([-5, 5]),
      post_transform: 'LOGISTIC',
      ...classes(2),
    }),
  ];
  const trained = classifyParameters(weightsOfAttributes(sourceGraph({ nodes, initializers: { unused: ints([1]) } })));
  expect(trained.map(({ name, shape, trained: is }) => [name.split('.').pop(), shape, is])).toEqual([
    ['coefficients', [1, 4], true],
    ['intercepts', [1], true],
  ]);
});
