import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectModel } from '../../src/objective/open/inspectModel';
import { openObjective } from '../../src/objective/open/openObjective';
import { resolveOptions } from '../../src/options/presets';
import { FLOAT, INT64, node, onnxBytes, port, weights } from './onnxBytes';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-inputs-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const STRING = 8;
type Port = ReturnType<typeof port>;
interface Typed {
  name: string;
  type: { value: unknown };
}

const tensorOf = (elemType: number) => ({
  value: { case: 'tensorType' as const, value: { elemType, shape: { dim: [] } } },
});
const TYPES: Record<string, Typed['type']> = {
  text: tensorOf(STRING),
  'a sequence of tensors': { value: { case: 'sequenceType' as const, value: { elemType: tensorOf(FLOAT) } } },
  'a map': { value: { case: 'mapType' as const, value: { keyType: INT64, valueType: tensorOf(FLOAT) } } },
  'an optional tensor': { value: { case: 'optionalType' as const, value: { elemType: tensorOf(FLOAT) } } },
  'nothing that the file tells': { value: { case: undefined } },
};

async function file(inputs: Typed[], outputs: Typed[]): Promise<string> {
  const path = join(folder, 'model.onnx');
  const bytes = onnxBytes({
    name: 'odd',
    node: [node('MatMul', ['x', 'w'], ['y']), node('Identity', ['odd'], ['same'])],
    initializer: [weights('w', [2, 1], [1, -2])],
    input: [port('x'), ...inputs] as Port[],
    output: [port('y', ['batch', 1]), ...outputs] as Port[],
  });
  await writeFile(path, bytes);
  return path;
}

describe.each(Object.entries(TYPES))('a model with an input that is %s', (_name, type) => {
  it('is inspected, and the inspection says what prevents an analysis', async () => {
    const found = await inspectModel(await file([{ name: 'odd', type }], []), resolveOptions({}));
    expect(found.inputs.map(({ name }) => name)).toEqual(['x', 'odd']);
    expect(found.parameters.map(({ name }) => name)).toEqual(['w']);
    expect(found.operators.map(({ operator }) => operator)).toEqual(['Identity', 'MatMul']);
    expect(found.refused).toContain('«odd»');
  });

  it('is inspected if it also has such an output', async () => {
    const outputs = [{ name: 'same', type }];
    const found = await inspectModel(await file([{ name: 'odd', type }], outputs), resolveOptions({}));
    expect(found.outputs.map(({ name }) => name)).toEqual(['y', 'same']);
  });

  it('is refused by an analysis with a message', async () => {
    const options = resolveOptions({ data: 'generated', provider: 'cpu', threads: 1 });
    await expect(openObjective(await file([{ name: 'odd', type }], []), options)).rejects.toThrow('«odd»');
  });
});
