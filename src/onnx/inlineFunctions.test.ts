import { describe, expect, it } from 'vitest';
import { node, onnxBytes, port, weights } from '../../test/unit/onnxBytes';
import { AttributeProto_AttributeType as AttributeType } from './onnx_pb';
import { parseModel } from './read';

const here = __filename;
const opsetImport = [
  { domain: '', version: 17n },
  { domain: 'local', version: 1n },
];

type Functions = NonNullable<Parameters<typeof onnxBytes>[1]>['functions'];

function read(nodes: ReturnType<typeof node>[], functions: Functions, input = ['x'], output = ['y']) {
  const graph = { node: nodes, input: input.map((name) => port(name)), output: output.map((name) => port(name)) };
  return parseModel(onnxBytes(graph, { opsetImport, functions }), here);
}

const call = (name: string, input: string[], output: string[], more = {}) =>
  node(name, input, output, { domain: 'local', name: `${name}_call`, ...more });

const reference = (name: string, refAttrName: string) => ({ name, refAttrName, type: AttributeType.FLOAT });
const float = (name: string, f: number) => ({ name, f, type: AttributeType.FLOAT });

const scaled = {
  name: 'Scaled',
  domain: 'local',
  input: ['a'],
  output: ['b'],
  attribute: ['slope'],
  node: [node('Neg', ['a'], ['t']), node('LeakyRelu', ['t'], ['b'], { attribute: [reference('alpha', 'slope')] })],
  opsetImport: [{ domain: '', version: 17n }],
};

describe('inlineFunctions', () => {
  it('replaces a call by the body, with unique names', () => {
    const { graph, functions } = read([call('Scaled', ['x'], ['y'], { attribute: [float('slope', 0.25)] })], [scaled]);
    expect(graph.nodes).toEqual([
      expect.objectContaining({ name: 'Scaled_call/Neg_0', op: 'Neg', inputs: ['x'], outputs: ['Scaled_call/t'] }),
      expect.objectContaining({
        name: 'Scaled_call/LeakyRelu_1',
        inputs: ['Scaled_call/t'],
        outputs: ['y'],
        attributes: { alpha: { kind: 'float', value: 0.25 } },
      }),
    ]);
    expect(functions.map(({ name }) => name)).toEqual(['Scaled']);
  });

  it('omits attributes that the call omits, and uses defaults', () => {
    const plain = read([call('Scaled', ['x'], ['y'])], [scaled]);
    expect(plain.graph.nodes[1].attributes).toEqual({});
    const withDefault = { ...scaled, attribute: [], attributeProto: [float('slope', 0.5)] };
    const defaulted = read([call('Scaled', ['x'], ['y'])], [withDefault]);
    expect(defaulted.graph.nodes[1].attributes).toEqual({ alpha: { kind: 'float', value: 0.5 } });
  });

  it('passes attributes through nested calls and keeps values of two calls apart', () => {
    const outer = {
      name: 'Outer',
      domain: 'local',
      input: ['p'],
      output: ['q'],
      attribute: ['k'],
      node: [
        call('Scaled', ['p'], ['m'], { name: 'first', attribute: [reference('slope', 'k')] }),
        call('Scaled', ['m'], ['q'], { name: 'second', attribute: [float('slope', 3)] }),
      ],
      opsetImport,
    };
    const { nodes } = read([call('Outer', ['x'], ['y'], { attribute: [float('k', 2)] })], [outer, scaled]).graph;
    expect(nodes.map(({ inputs, outputs }) => [...inputs, ...outputs])).toEqual([
      ['x', 'Outer_call/first/t'],
      ['Outer_call/first/t', 'Outer_call/m'],
      ['Outer_call/m', 'Outer_call/second/t'],
      ['Outer_call/second/t', 'y'],
    ]);
    expect([nodes[1], nodes[3]].map(({ attributes }) => attributes.alpha.value)).toEqual([2, 3]);
  });

  it('avoids names that the model already has', () => {
    const nodes = [node('Relu', ['x'], ['Scaled_call/t']), call('Scaled', ['Scaled_call/t'], ['y'])];
    expect(read(nodes, [scaled]).graph.nodes[1].outputs).toEqual(['Scaled_call/t_1']);
  });

  it('omits inputs and outputs that the call omits', () => {
    const twoOutputs = {
      name: 'Two',
      domain: 'local',
      input: ['a', 'low'],
      output: ['b', 'c'],
      node: [node('Clip', ['a', 'low'], ['b']), node('Neg', ['a'], ['c'])],
      opsetImport,
    };
    const { nodes } = read([call('Two', ['x'], ['y'])], [twoOutputs]).graph;
    expect(nodes[0]).toMatchObject({ inputs: ['x', ''], outputs: ['y'] });
    expect(nodes[1].outputs).toEqual(['Two_call/c']);
  });

  it('copies if a function returns its input, or one value twice', () => {
    const passing = {
      name: 'Pass',
      domain: 'local',
      input: ['a'],
      output: ['a', 'r', 'r'],
      node: [node('Relu', ['a'], ['r'])],
      opsetImport,
    };
    const { nodes } = read([call('Pass', ['x'], ['u', 'v', 'w'])], [passing], ['x'], ['u', 'v', 'w']).graph;
    expect(nodes.map(({ op, inputs, outputs }) => [op, ...inputs, ...outputs])).toEqual([
      ['Relu', 'x', 'v'],
      ['Identity', 'x', 'u'],
      ['Identity', 'v', 'w'],
    ]);
  });

  it('renames inside subgraphs of a body', () => {
    const branch = {
      name: 'then_branch',
      type: AttributeType.GRAPH,
      g: {
        node: [node('Add', ['t', 'one'], ['inner'])],
        initializer: [weights('one', [1], [1])],
        output: [{ name: 'inner' }],
      },
    };
    const choosing = {
      name: 'Choose',
      domain: 'local',
      input: ['a', 'c'],
      output: ['b'],
      node: [node('Relu', ['a'], ['t']), node('If', ['c'], ['b'], { attribute: [branch] })],
      opsetImport,
    };
    const { nodes } = read([call('Choose', ['x', 'k'], ['y'])], [choosing], ['x', 'k']).graph;
    const attribute = nodes[1].attributes.then_branch;
    if (attribute.kind !== 'graph') throw new Error(`then_branch is ${attribute.kind}`);
    expect(attribute.value.nodes[0]).toMatchObject({
      inputs: ['Choose_call/t', 'Choose_call/one'],
      outputs: ['Choose_call/inner'],
    });
    expect([...attribute.value.initializers.keys()]).toEqual(['Choose_call/one']);
  });

  it('distinguishes overloads of one name', () => {
    const other = { ...scaled, overload: 'other', node: [node('Sqrt', ['a'], ['b'])] };
    const { nodes } = read([call('Scaled', ['x'], ['y'], { overload: 'other' })], [scaled, other]).graph;
    expect(nodes.map(({ op }) => op)).toEqual(['Sqrt']);
  });

  it('adopts operator sets that only the function names, and refuses another version of a set', () => {
    const custom = {
      ...scaled,
      node: [node('Special', ['a'], ['b'], { domain: 'com.example' })],
      opsetImport: [{ domain: 'com.example', version: 3n }],
    };
    expect(read([call('Scaled', ['x'], ['y'])], [custom]).opsets).toMatchObject({ 'com.example': 3 });
    const newer = { ...scaled, opsetImport: [{ domain: '', version: 18n }] };
    expect(() => read([call('Scaled', ['x'], ['y'])], [newer])).toThrow(/version 18 of the standard operator set/);
  });

  it('refuses a function that calls itself', () => {
    const ping = { ...scaled, name: 'Ping', node: [call('Pong', ['a'], ['b'])] };
    const pong = { ...scaled, name: 'Pong', node: [call('Ping', ['a'], ['b'])] };
    expect(() => read([call('Ping', ['x'], ['y'])], [ping, pong])).toThrow(/calls itself/);
  });
});
