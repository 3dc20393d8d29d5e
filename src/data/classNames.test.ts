import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tensor } from '../graph/tensor';
import type { Dataset } from './dataset';
import { readDataset } from './readDataset';
import { npyFile } from './testing/npyFile';
import { npyText } from './testing/npyText';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-names-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const x = tensor('float32', [4, 1], [1, 2, 3, 4]);
// In alphabetical order, ape, bee and cat are 0, 1 and 2. The first two rows alone would make cat 1.
const names = ['cat', 'ape', 'bee', 'ape'];

async function read(name: string, content: string | Uint8Array, samples?: number): Promise<Dataset> {
  await writeFile(join(folder, name), content);
  return readDataset(join(folder, name), {
    inputs: [{ name: 'x', dtype: 'float32', shape: [null, 1] }],
    ...(samples === undefined ? {} : { samples }),
  });
}

/** Reads the same table in every format that can hold words. */
const FORMS: Record<string, (words: readonly string[], samples?: number) => Promise<Dataset>> = {
  csv: (words, samples) => read('d.csv', `x,y\n${words.map((word, i) => `${i + 1},${word}\n`).join('')}`, samples),
  parquet: (words, samples) =>
    read(
      'd.parquet',
      new Uint8Array(
        parquetWriteBuffer({
          columnData: [
            { name: 'x', data: [1, 2, 3, 4], type: 'DOUBLE' },
            { name: 'y', data: [...words], type: 'STRING' },
          ],
          rowGroupSize: 3,
        }),
      ),
      samples,
    ),
  'npz, <U': (words, samples) =>
    read('d.npz', zipSync({ 'x.npy': npyFile(x), 'y.npy': npyText(words, '<U') }), samples),
  'npz, >U': (words, samples) =>
    read('d.npz', zipSync({ 'x.npy': npyFile(x), 'y.npy': npyText(words, '>U') }), samples),
  'npz, |S': (words, samples) =>
    read('d.npz', zipSync({ 'x.npy': npyFile(x), 'y.npy': npyText(words, '|S') }), samples),
  'npy pair': async (words, samples) => {
    await writeFile(join(folder, 'x_target.npy'), npyText(words, '<U'));
    return read('x.npy', npyFile(x), samples);
  },
};

describe.each(Object.entries(FORMS))('class names in %s', (_form, data) => {
  it('are numbered alphabetically', async () => {
    const { target, classNames, notes, inputs } = await data(names);
    expect(target).toEqual(tensor('int64', [4], [2, 0, 1, 0]));
    expect(classNames).toEqual(['ape', 'bee', 'cat']);
    expect(notes.join('\n')).toContain('numbered alphabetically: ape = 0, bee = 1, cat = 2');
    expect(inputs.x.data).toEqual(x.data);
  });

  it('keep their numbers if fewer samples are read', async () => {
    expect((await data(names, 2)).target).toEqual(tensor('int64', [2], [2, 0]));
  });

  it('are refused with their row if one is missing', async () => {
    await expect(data(['cat', 'ape', '', 'ape'])).rejects.toThrow(/A value is missing[\s\S]*row 3/);
  });

  it('are read as numbers if they are numbers', async () => {
    expect((await data(['10', '2', '0', '2'])).target).toEqual(tensor('float64', [4], [10, 2, 0, 2]));
  });
});

it('words of different lengths and scripts are read as numpy writes them', async () => {
  const words = ['é', 'Ωmega', '猫', 'a'];
  for (const kind of ['<U', '>U', '|S'] as const) {
    const data = await read('d.npz', zipSync({ 'x.npy': npyFile(x), 'y.npy': npyText(words, kind) }));
    expect(data.classNames).toEqual(['a', 'é', 'Ωmega', '猫']);
  }
});

it('words beside numeric targets are ignored', async () => {
  const y = npyFile(tensor('int64', [4], [0, 1, 1, 0]));
  const data = await read(
    'd.npz',
    zipSync({ 'x.npy': npyFile(x), 'y.npy': y, 'y_names.npy': npyText(['a', 'b'], '<U') }),
  );
  expect(data.target).toEqual(tensor('int64', [4], [0, 1, 1, 0]));
});

describe('the following are refused, with advice:', () => {
  it('words for an input', async () => {
    const arrays = { 'x.npy': npyText(names, '<U'), 'y.npy': npyFile(tensor('int64', [4], [0, 1, 1, 0])) };
    await expect(read('d.npz', zipSync(arrays))).rejects.toThrow(/contains text[\s\S]*--target KEY/);
  });

  it('Python objects', async () => {
    const bytes = npyFile(tensor('int64', [4], [0, 0, 0, 0]));
    bytes.set(new TextEncoder().encode("'|O' "), Buffer.from(bytes.buffer).indexOf("'<i8'"));
    await expect(read('d.npz', zipSync({ 'x.npy': npyFile(x), 'y.npy': bytes }))).rejects.toThrow(
      /Python objects[\s\S]*astype\(str\)/,
    );
  });

  it('an array of words that is truncated or holds invalid characters', async () => {
    const whole = npyText(names, '<U');
    await expect(read('d.npz', zipSync({ 'x.npy': npyFile(x), 'y.npy': whole.slice(0, -4) }))).rejects.toThrow(
      'truncated',
    );
    whole.fill(0xff, -4);
    await expect(read('d.npz', zipSync({ 'x.npy': npyFile(x), 'y.npy': whole }))).rejects.toThrow('no character');
  });
});
