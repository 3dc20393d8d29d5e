import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SourceAttribute, SourceNode } from '../graph/source';
import type { Tensor } from '../graph/tensor';
import { tensor } from '../graph/tensor';
import type { OnnxGraph, OnnxNode } from './model';
import { parseModel, readModel } from './read';
import type { WritableModel } from './write';
import { writeModel } from './write';

const fixtures = join(__dirname, '../../test/fixtures');

function roundTrip(model: WritableModel) {
  return parseModel(writeModel({ externalFrom: Infinity, ...model }).bytes, __filename);
}

/** Lazy tensors are equal when their elements are. */
function plain({ nodes, initializers, inputs, outputs }: OnnxGraph) {
  const plainTensor = ({ dtype, shape, data }: Tensor) => ({ dtype, shape, data });
  const plainNode = ({ name, op, domain, inputs: from, outputs: to, attributes }: OnnxNode) => ({
    name,
    op,
    domain,
    inputs: from,
    outputs: to,
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([key, a]) => [key, a.kind === 'tensor' ? plainTensor(a.value) : a]),
    ),
  });
  return {
    nodes: nodes.map(plainNode),
    initializers: [...initializers].map(([name, t]) => [name, plainTensor(t)]),
    inputs,
    outputs,
  };
}

function single(attributes: Record<string, SourceAttribute>, more: Partial<SourceNode> = {}): WritableModel {
  const node = { name: 'n', op: 'Op', domain: '', inputs: ['x'], outputs: ['y'], attributes, ...more };
  return {
    opset: 18,
    graph: {
      nodes: [node],
      initializers: new Map(),
      inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', null, 3] }],
      outputs: [{ name: 'y', dtype: null, shape: null }],
    },
  };
}

describe('writeModel', () => {
  it.each(['lenet_fashion', 'resnet_fashion', 'vit_fashion', 'lstm_fashion'])(
    'gives %s back as it was read',
    async (name) => {
      const { graph, irVersion, opsets } = await readModel(join(fixtures, name, 'model.onnx'));
      const again = roundTrip({ graph, opset: opsets[''], irVersion });
      expect(plain(again.graph)).toEqual(plain(graph));
      expect(again).toMatchObject({ irVersion, opsets, producer: 'ridgeline' });
    },
  );

  it('keeps every kind of attribute', () => {
    const attributes: Record<string, SourceAttribute> = {
      int: { kind: 'int', value: -5 },
      zero: { kind: 'int', value: 0 },
      ints: { kind: 'ints', value: [0, -(2 ** 31), 2 ** 53 - 1] },
      none: { kind: 'ints', value: [] },
      float: { kind: 'float', value: 0.5 },
      infinite: { kind: 'float', value: -Infinity },
      floats: { kind: 'floats', value: [1.5, 0] },
      string: { kind: 'string', value: 'größer' },
      empty: { kind: 'string', value: '' },
      strings: { kind: 'strings', value: ['a', ''] },
    };
    expect(roundTrip(single(attributes)).graph.nodes[0].attributes).toEqual(attributes);
  });

  it('keeps tensors and subgraphs in attributes', () => {
    const inner = single({}).graph;
    const written = roundTrip(
      single({
        tensor: { kind: 'tensor', value: tensor('int64', [2], [3, -1]) },
        tensors: { kind: 'tensors', value: [tensor('bool', [], [1])] },
        graph: { kind: 'graph', value: { ...inner, initializers: new Map([['c', tensor('float32', [1], [2])]]) } },
        graphs: { kind: 'graphs', value: [inner, inner] },
      }),
    );
    expect(written.graph.nodes[0].attributes).toMatchObject({
      tensor: { value: { dtype: 'int64', shape: [2], data: BigInt64Array.of(3n, -1n) } },
      tensors: { value: [{ dtype: 'bool', shape: [] }] },
      graph: { value: { nodes: [{ op: 'Op' }] } },
      graphs: { value: [{ nodes: [{ op: 'Op' }] }, {}] },
    });
  });

  it('writes "to the end" as the largest integer, which a double rounds up', () => {
    const { bytes } = writeModel(single({ ends: { kind: 'ints', value: [2 ** 63, -(2 ** 63)] } }));
    expect(parseModel(bytes, __filename).graph.nodes[0].attributes.ends.value).toEqual([2 ** 63, -(2 ** 63)]);
  });

  it('names the operator sets that the nodes use', () => {
    const model = single({}, { domain: 'com.microsoft.nchwc' });
    expect(roundTrip(model).opsets).toEqual({ '': 18, 'com.microsoft.nchwc': 1 });
    expect(roundTrip({ ...model, opsets: { 'com.microsoft.nchwc': 2, '': 7 } }).opsets).toEqual({
      '': 18,
      'com.microsoft.nchwc': 2,
    });
  });

  it('keeps symbolic, unknown and missing shapes', () => {
    const { inputs, outputs } = roundTrip(single({})).graph;
    expect(inputs[0]).toMatchObject({ dtype: 'float32', shape: ['batch', null, 3] });
    expect(outputs[0]).toMatchObject({ dtype: null, shape: null });
  });

  it('returns large initializers without copying them', () => {
    const large = tensor('float32', [4], [1, 2, 3, 4]);
    const small = tensor('float32', [1], [5]);
    const model = single({});
    const initializers = new Map([
      ['small', small],
      ['large', large],
    ]);
    const { bytes, external } = writeModel({ ...model, graph: { ...model.graph, initializers }, externalFrom: 16 });
    expect(external).toEqual([{ path: 'tensor_0', data: new Uint8Array(large.data.buffer) }]);
    expect(external[0].data.buffer).toBe(large.data.buffer);
    expect(() => parseModel(bytes, __filename)).toThrow(/"tensor_0" is missing/);
  });
});

it('keeps tensors that hold shapes in the file and puts weights beside it', () => {
  const model = single({});
  const initializers = new Map([
    ['shape', tensor('int64', [2], [64, 64])],
    ['weights', tensor('float32', [64, 64], new Array<number>(64 * 64).fill(1))],
  ]);
  const { external } = writeModel({ ...model, graph: { ...model.graph, initializers } });
  expect(external.map(({ data }) => data.length)).toEqual([4 * 64 * 64]);
});
