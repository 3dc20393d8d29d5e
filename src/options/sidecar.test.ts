import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { readSidecar, sidecarPath, writeSidecar } from './sidecar';

let folder: string;
let model: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-sidecar-'));
  model = join(folder, 'lenet.v2.onnx');
});

test('is named after the model', () => {
  expect(sidecarPath(model)).toBe(join(folder, 'lenet.v2.landscape.json'));
});

test('is null when there is none', async () => {
  expect(await readSidecar(model)).toBeNull();
});

test('options are read back as written, with absolute paths', async () => {
  await writeSidecar(model, {
    data: join(folder, 'data', 'train.npz'),
    loss: 'cross_entropy',
    line: [`to/${join(folder, 'other.onnx')}:0:1:5`, 'random'],
  });
  expect(JSON.parse(await readFile(sidecarPath(model), 'utf8'))).toEqual({
    data: 'data/train.npz',
    loss: 'cross_entropy',
    line: ['to/other.onnx:0:1:5', 'random'],
  });
  expect(await readSidecar(model)).toEqual({
    data: join(folder, 'data', 'train.npz'),
    loss: 'cross_entropy',
    line: [`to/${join(folder, 'other.onnx')}:0:1:5`, 'random'],
  });
});

test('generated data are a keyword rather than a path', async () => {
  await writeSidecar(model, { data: 'generated' });
  expect(await readSidecar(model)).toEqual({ data: 'generated' });
});

test('data outside the folder keep their absolute path', async () => {
  const outside = join(tmpdir(), 'elsewhere', 'data.npz');
  await writeSidecar(model, { data: outside });
  expect(await readSidecar(model)).toEqual({ data: outside });
});

test('keeps comments, unknown keys and order when one key changes', async () => {
  const before = '{\n  // measured in March\n  "loss": "mse",\n  "future": [1],\n  "data": "a.npz"\n}\n';
  await writeFile(sidecarPath(model), before);
  await writeSidecar(model, { loss: 'cross_entropy' });
  expect(await readFile(sidecarPath(model), 'utf8')).toBe(before.replace('mse', 'cross_entropy'));
  await writeSidecar(model, { data: undefined });
  expect(await readFile(sidecarPath(model), 'utf8')).not.toContain('a.npz');
});

test('invalid JSON is reported with line and column, and not overwritten', async () => {
  const broken = '{\n  "loss": "mse"\n  "data": "a.npz"\n}\n';
  await writeFile(sidecarPath(model), broken);
  await expect(readSidecar(model)).rejects.toThrow(`comma expected.\n  at ${sidecarPath(model)}:3:3`);
  await expect(writeSidecar(model, { loss: 'mae' })).rejects.toThrow('not valid JSON');
  expect(await readFile(sidecarPath(model), 'utf8')).toBe(broken);
});

test('a wrong key is reported with the file, the key and the likely one', async () => {
  await writeFile(sidecarPath(model), '{ "sample": 3 }');
  await expect(readSidecar(model)).rejects.toThrow(
    /no option «sample»[\s\S]*lenet\.v2\.landscape\.json[\s\S]*«samples»/,
  );
});

test.each(['output', 'html', 'markdown', 'saveBest', 'cache', 'quiet', 'fresh'])(
  '«%s» is refused, with file and key',
  async (key) => {
    await writeFile(sidecarPath(model), JSON.stringify({ loss: 'mse', [key]: '../.bashrc' }));
    await expect(readSidecar(model)).rejects.toThrow(
      `«${key}» can be given on the command line only.\n  at ${sidecarPath(model)}, "${key}"`,
    );
  },
);

test.each([
  { data: '\\\\server\\share\\d.npz' },
  { data: '//server/d.npz' },
  { line: ['to/\\\\server\\m.onnx:0:1:3'] },
])('a network path is refused: %j', async (options) => {
  await writeFile(sidecarPath(model), JSON.stringify(options));
  await expect(readSidecar(model)).rejects.toThrow('lies on another machine');
});
