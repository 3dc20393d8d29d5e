import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { node, onnxBytes, port, weights } from '../../test/unit/onnxBytes';
import { ModelFileError } from './modelFileError';
import { TensorProto_DataLocation } from './onnx_pb';
import { readModel } from './read';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-onnx-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** y = x + w, with w in another file; returns the model's path. */
function writeModelWith(entries: Record<string, string>, name = 'model.onnx'): string {
  const external = {
    rawData: undefined,
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
  };
  const bytes = onnxBytes({
    node: [node('Add', ['x', 'w'], ['y'])],
    initializer: [weights('w', [2], [], external)],
    input: [port('x')],
    output: [port('y')],
  });
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

describe('external data', () => {
  it('is read from its place in the file at any alignment', async () => {
    writeFileSync(join(folder, 'model.onnx.data'), Buffer.concat([Buffer.of(1, 2, 3), floats(5, 6), Buffer.of(4)]));
    const path = writeModelWith({ location: 'model.onnx.data', offset: '3', length: '8' });
    const model = await readModel(path);
    expect(model.graph.initializers.get('w')!.data).toEqual(Float32Array.of(5, 6));
    expect(model.externalFiles).toEqual(['model.onnx.data']);
  });

  it('needs neither offset nor length and may lie in a subfolder', async () => {
    mkdirSync(join(folder, 'weights'));
    writeFileSync(join(folder, 'weights', 'w.bin'), floats(5, 6));
    const model = await readModel(writeModelWith({ location: 'weights/w.bin' }));
    expect(model.graph.initializers.get('w')!.data).toEqual(Float32Array.of(5, 6));
  });

  it('is found if model and weights are links into one store', async () => {
    mkdirSync(join(folder, 'blobs'));
    mkdirSync(join(folder, 'snapshot'));
    renameSync(writeModelWith({ location: 'model.onnx.data' }), join(folder, 'blobs', 'a1'));
    writeFileSync(join(folder, 'blobs', 'b2'), floats(5, 6));
    symlinkSync('../blobs/a1', join(folder, 'snapshot', 'model.onnx'));
    symlinkSync('../blobs/b2', join(folder, 'snapshot', 'model.onnx.data'));
    const model = await readModel(join(folder, 'snapshot', 'model.onnx'));
    expect(model.graph.initializers.get('w')!.data).toEqual(Float32Array.of(5, 6));
  });

  it('is named if it is missing, with the place where it belongs', async () => {
    const path = writeModelWith({ location: 'model.onnx.data' });
    await expect(readModel(path)).rejects.toMatchObject({
      what: 'The weights file "model.onnx.data" is missing.',
      where: [join(folder, 'model.onnx.data')],
      action: expect.stringContaining('under the name "model.onnx.data"'),
    });
  });

  it.each([
    ['/etc/passwd'],
    ['../w.bin'],
    ['weights/../../w.bin'],
    ['C:\\weights\\w.bin'],
    ['..\\w.bin'],
    ['\\\\server\\share\\w.bin'],
    [''],
  ])('is not read from outside the folder of the model: %s', async (location) => {
    writeFileSync(join(folder, 'w.bin'), floats(5, 6));
    mkdirSync(join(folder, 'inner'));
    const path = writeModelWith({ location }, 'inner/model.onnx');
    await expect(readModel(path)).rejects.toThrow(/outside its folder/);
  });

  it('is not read through a link that leaves the folder', async () => {
    mkdirSync(join(folder, 'inner'));
    writeFileSync(join(folder, 'secret'), floats(5, 6));
    symlinkSync('../secret', join(folder, 'inner', 'w.bin'));
    await expect(readModel(writeModelWith({ location: 'w.bin' }, 'inner/model.onnx'))).rejects.toThrow(
      /link that leaves the folder/,
    );
    symlinkSync('..', join(folder, 'inner', 'up'));
    await expect(readModel(writeModelWith({ location: 'up/secret' }, 'inner/model.onnx'))).rejects.toThrow(
      /link that leaves the folder/,
    );
  });

  it.each([
    ['is too short', { location: 'w.bin', offset: '4', length: '8' }],
    ['is too short', { location: 'w.bin', offset: '-4', length: '8' }],
    ['is too short', { location: 'w.bin', offset: 'x', length: '8' }],
    ['cannot be read', { location: 'w.bin', length: '4' }],
    ['cannot be read', { location: 'w.bin', length: 'x' }],
  ])('%s: %j', async (message, entries) => {
    writeFileSync(join(folder, 'w.bin'), floats(5, 6));
    const failed = await readModel(writeModelWith(entries)).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ModelFileError);
    expect((failed as ModelFileError).message).toContain(message);
  });

  it('gives an error on access if the file was truncated after the model was read', async () => {
    writeFileSync(join(folder, 'w.bin'), floats(5, 6));
    const model = await readModel(writeModelWith({ location: 'w.bin' }));
    truncateSync(join(folder, 'w.bin'), 4);
    expect(() => model.graph.initializers.get('w')!.data).toThrow(/shrank/);
  });
});
