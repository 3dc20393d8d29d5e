import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FLOAT, node, onnxBytes, port, smallModel, weights } from '../../test/unit/onnxBytes';
import { ModelFileError } from './modelFileError';
import { AttributeProto_AttributeType as AttributeType } from './onnx_pb';
import { parseModel, readModel } from './read';

const folder = mkdtempSync(join(tmpdir(), 'ridgeline-onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A path in an existing folder, for models that are not on disk. */
const here = join(folder, 'model.onnx');
writeFileSync(here, smallModel());

function refusal(read: () => unknown): ModelFileError {
  try {
    read();
  } catch (error) {
    if (error instanceof ModelFileError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

const fixtures = join(__dirname, '../../test/fixtures');
const references = readdirSync(fixtures).filter((name) => readdirSync(join(fixtures, name)).includes('model.onnx'));

describe('readModel', () => {
  it.each(references)('reads %s with as many parameters as the reference counted', async (name) => {
    const { graph, opsets, producer } = await readModel(join(fixtures, name, 'model.onnx'));
    const reference = JSON.parse(readFileSync(join(fixtures, name, 'reference.json'), 'utf8')) as {
      parameters: number;
    };
    const floating = [...graph.initializers.values()].filter(({ dtype }) => dtype === 'float32');
    expect(floating.reduce((sum, { data }) => sum + data.length, 0)).toBe(reference.parameters);
    expect(opsets).toEqual({ '': 17 });
    expect(producer).toMatch(/^pytorch \d/);
  });

  it.each([
    ['This model file does not exist.', 'missing.onnx', null],
    ['This is a folder.', '', null],
    ['The model file is empty.', 'empty.onnx', new Uint8Array(0)],
    ['This is a text file, not an ONNX model.', 'text.onnx', Buffer.from('not a model')],
    ['The file is not an ONNX model, or it is damaged or truncated', 'cut.onnx', smallModel().slice(0, -9)],
  ])('refuses: %s', async (what, name, bytes) => {
    const path = join(folder, name);
    if (bytes) writeFileSync(path, bytes);
    const failed = await readModel(path).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ModelFileError);
    expect(failed).toMatchObject({ what: expect.stringContaining(what), where: [path], action: expect.any(String) });
  });

  it('refuses files over the limit before reading them', async () => {
    await expect(readModel(here, { limits: { fileBytes: 10 } })).rejects.toThrow(/external data/);
  });
});

describe('parseModel', () => {
  it('gives plain structures', () => {
    const model = parseModel(smallModel(), here);
    expect(model).toMatchObject({ irVersion: 8, opsets: { '': 17 }, functions: [], externalFiles: [] });
    expect(model.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(model.graph.nodes).toMatchObject([
      { name: 'Add_0', op: 'Add', domain: '', inputs: ['x', 'b'], outputs: ['s'] },
      { name: 'last', op: 'Relu' },
    ]);
    expect(model.graph.inputs).toEqual([{ name: 'x', type: 'float32', dtype: 'float32', shape: ['batch', 2] }]);
    expect(model.graph.initializers.get('b')!.data).toEqual(Float32Array.of(1, -2));
  });

  it('reads every kind of attribute', () => {
    const text = (value: string) => new Uint8Array(Buffer.from(value));
    const attribute = [
      { name: 'int', type: AttributeType.INT, i: -3n },
      { name: 'zero', type: AttributeType.INT },
      { name: 'ints', type: AttributeType.INTS, ints: [1n, 2n ** 63n - 1n] },
      { name: 'float', type: AttributeType.FLOAT, f: 0.5 },
      { name: 'floats', type: AttributeType.FLOATS, floats: [0.5, 2] },
      { name: 'string', type: AttributeType.STRING, s: text('ß') },
      { name: 'strings', type: AttributeType.STRINGS, strings: [text('a'), text('b')] },
      { name: 'tensor', type: AttributeType.TENSOR, t: weights('', [1], [4]) },
      { name: 'labels', type: AttributeType.TENSOR, t: { dataType: 8, dims: [1n], stringData: [text('cat')] } },
    ];
    const bytes = onnxBytes({
      node: [node('Custom', ['x'], ['y'], { attribute })],
      input: [port('x')],
      output: [port('y')],
    });
    const { attributes } = parseModel(bytes, here).graph.nodes[0];
    expect(attributes).toMatchObject({
      int: { kind: 'int', value: -3 },
      zero: { kind: 'int', value: 0 },
      ints: { kind: 'ints', value: [1, 2 ** 63] },
      float: { kind: 'float', value: 0.5 },
      floats: { kind: 'floats', value: [0.5, 2] },
      string: { kind: 'string', value: 'ß' },
      strings: { kind: 'strings', value: ['a', 'b'] },
      tensor: { kind: 'tensor', value: { shape: [1], data: Float32Array.of(4) } },
      labels: { kind: 'other', value: 'Ridgeline does not support elements of type string' },
    });
  });

  it('removes initializers from the inputs, where IR 3 lists them too', () => {
    const graph = {
      node: [node('Add', ['x', 'b'], ['y'])],
      initializer: [weights('b', [2], [1, 2])],
      input: [port('b', [2]), port('x')],
      output: [port('y')],
    };
    expect(parseModel(onnxBytes(graph, { irVersion: 3n }), here).graph.inputs.map(({ name }) => name)).toEqual(['x']);
  });

  it('treats sizes that are zero, negative, unnamed or missing as unknown', () => {
    const bytes = onnxBytes({
      node: [node('Relu', ['x'], ['y'])],
      input: [port('x', [0, -1, '', 'n', 3])],
      output: [{ name: 'y' }],
    });
    const { inputs, outputs } = parseModel(bytes, here).graph;
    expect(inputs[0].shape).toEqual([null, null, null, 'n', 3]);
    expect(outputs[0]).toEqual({ name: 'y', type: 'unknown', dtype: null, shape: null });
  });

  it('invents unique names for nodes without one', () => {
    const bytes = onnxBytes({
      node: [node('Relu', ['x'], ['s']), node('Relu', ['s'], ['y'], { name: 'Relu_0' })],
      input: [port('x')],
      output: [port('y')],
    });
    const names = parseModel(bytes, here).graph.nodes.map(({ name }) => name);
    expect(new Set(names).size).toBe(2);
    expect(names[1]).toBe('Relu_0');
  });

  it('sorts nodes and keeps the order of the file where it can', () => {
    const bytes = onnxBytes({
      node: [node('C', ['b'], ['y']), node('A', ['x'], ['a']), node('B', ['a'], ['b']), node('D', ['x'], ['d'])],
      input: [port('x')],
      output: [port('y'), port('d')],
    });
    expect(parseModel(bytes, here).graph.nodes.map(({ op }) => op)).toEqual(['A', 'B', 'C', 'D']);
  });

  it('sorts by what subgraphs read from outside', () => {
    const branch = (reads: string) => ({
      name: 'g',
      type: AttributeType.GRAPH,
      g: { node: [node('Neg', [reads], ['inner'])], output: [{ name: 'inner' }] },
    });
    const choose = node('If', ['c'], ['y'], { attribute: [branch('late')] });
    const graph = { node: [choose, node('Relu', ['x'], ['late'])], input: [port('x'), port('c')], output: [port('y')] };
    expect(parseModel(onnxBytes(graph), here).graph.nodes.map(({ op }) => op)).toEqual(['Relu', 'If']);
    const missing = { ...graph, node: [node('If', ['c'], ['y'], { attribute: [branch('nowhere')] })] };
    expect(refusal(() => parseModel(onnxBytes(missing), here)).where).toEqual([`${here}: Neg "Neg_0" reads "nowhere"`]);
  });

  it('sorts chains far deeper than the call stack', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => node('Relu', [`v${i}`], [`v${i + 1}`])).reverse();
    const { nodes } = parseModel(onnxBytes({ node: chain, input: [port('v0')], output: [port('v20000')] }), here).graph;
    expect(nodes.every(({ inputs }, i) => inputs[0] === `v${i}`)).toBe(true);
  });

  const ports = { input: [port('x')], output: [port('y')] };

  it.each([
    [
      'The model contains a cycle',
      { node: [node('Add', ['x', 'b'], ['a']), node('Neg', ['a'], ['b']), node('Neg', ['a'], ['y'])], ...ports },
      [`${here}: Add "Add_0"`, `${here}: Neg "Neg_1"`],
    ],
    [
      'read values that nothing computes',
      { node: [node('Add', ['x', 'u'], ['a']), node('Mul', ['a', 'v'], ['y'])], ...ports },
      [`${here}: Add "Add_0" reads "u"`, `${here}: Mul "Mul_1" reads "v"`],
    ],
    [
      'defines a value more than once',
      { node: [node('Neg', ['x'], ['y']), node('Relu', ['x'], ['y'])], ...ports },
      [`${here}: "y", by Neg "Neg_0" and by Relu "Relu_1"`],
    ],
    [
      'defines a value more than once',
      { node: [node('Neg', ['x'], ['x']), node('Relu', ['x'], ['y'])], ...ports },
      [`${here}: "x", by the inputs and initializers and by Neg "Neg_0"`],
    ],
    ['Nothing computes these outputs', { node: [node('Neg', ['x'], ['z'])], ...ports }, [`${here}: output "y"`]],
    ['has no outputs', { node: [node('Neg', ['x'], ['z'])] }, [here]],
    ['nodes without an operator', { node: [node('', ['x'], ['y'])], ...ports }, [`${here}: node "node_0"`]],
    [
      '2 tensors of the model cannot be read',
      {
        node: [node('Add', ['x', 'w'], ['y'])],
        initializer: [weights('w', [3], [1, 2]), { name: 'v', dataType: FLOAT, dims: [1n] }],
        ...ports,
      },
      [
        `${here}: initializer "w": it has 8 bytes, but shape [3] of float32 needs 12`,
        `${here}: initializer "v": it has 0 elements, but shape [1] of float32 needs 1`,
      ],
    ],
    [
      'A tensor of the model cannot be read',
      { node: [node('Neg', ['w'], ['y'])], initializer: [weights('w', [1], [1]), weights('w', [1], [1])], ...ports },
      [`${here}: initializer "w": there is another initializer of this name`],
    ],
  ])('refuses: %s', (what, graph, where) => {
    const error = refusal(() => parseModel(onnxBytes(graph), here));
    expect(error.what).toContain(what);
    expect(error.where).toEqual(where);
  });

  it.each([
    ['version 6 of the standard operator set', { opsetImport: [{ domain: 'ai.onnx', version: 6n }] }],
    ['version 0 of the standard operator set', { opsetImport: [{ domain: 'com.example', version: 1n }] }],
    ['does not state its operator set', { opsetImport: [] }],
    ['version 2 of the ONNX format', { irVersion: 2n }],
  ])('refuses: %s', (what, model) => {
    const graph = { node: [node('Neg', ['x'], ['y'])], ...ports };
    expect(refusal(() => parseModel(onnxBytes(graph, model), here)).what).toContain(what);
  });

  it('refuses protobuf files of another kind', () => {
    const tensorFile = Uint8Array.of(0x08, 0x02, 0x10, 0x01, 0x4a, 0x00);
    expect(refusal(() => parseModel(tensorFile, here)).message).toMatch(/not an ONNX model|no ONNX graph/);
  });

  it('reads or refuses the file after every truncation and every flipped byte', () => {
    const whole = smallModel();
    let refused = 0;
    const attempt = (bytes: Uint8Array<ArrayBuffer>) => {
      try {
        for (const { data } of parseModel(bytes, here).graph.initializers.values()) void data;
      } catch (error) {
        expect(error).toBeInstanceOf(ModelFileError);
        refused++;
      }
    };
    for (let length = 1; length < whole.length; length++) attempt(whole.slice(0, length));
    expect(refused).toBe(whole.length - 1);
    for (let at = 0; at < whole.length; at++) {
      for (const mask of [0x01, 0x08, 0x80, 0xff]) {
        const bytes = whole.slice();
        bytes[at] ^= mask;
        attempt(bytes);
      }
    }
  });
});
