import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { modelFile } from '../../../test/unit/modelFile';
import { floats, ints, node, weights } from '../../../test/unit/sourceGraph';
import type { Tensor } from '../../graph/tensor';
import type { AnalysisOptions } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import { openObjective } from './openObjective';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-untold-'));
});
afterEach(() => rm(folder, { recursive: true }));

const SAMPLES = 6;
const X = floats(
  Array.from({ length: 4 * SAMPLES }, (_, i) => Math.sin(i)),
  [SAMPLES, 4],
);
/** x·W with three outputs. */
const model = { nodes: [node('MatMul', 'x w', 'y')], initializers: { w: weights('w', [4, 3]) } };

async function message(target: Tensor, options: AnalysisOptions = {}): Promise<string> {
  const files = await modelFile(folder, model, { x: X, target });
  return open(files.model, { ...options, data: files.data });
}

/** Returns the notes and remarks of the opened objective, or the reason why it was not opened. */
async function open(path: string, options: AnalysisOptions): Promise<string> {
  try {
    const { objective, notes, remarks } = await openObjective(path, resolveOptions({ provider: 'cpu', ...options }));
    await objective.dispose();
    return [...notes, ...remarks].join(' ');
  } catch (fault) {
    return (fault as Error).message;
  }
}

it.each([
  ['labels from 1', ints([1, 2, 3, 1, 2, 3]), 'subtract 1'],
  ['a mark for none', ints([0, 1, 2, 255, 1, 255]), 'add --ignore-index 255'],
  ['a negative mark for none', ints([0, 1, 2, -1, 1, -1]), 'add --ignore-index -1'],
  ['more classes than outputs', ints([0, 1, 2, 3, 4, 0]), 'go up to 4, which implies 5 classes'],
  ['values', floats([0.1, 0.2, 2.5, -1, 3, 2]), 'look like values, not classes'],
  [
    'one-hot rows of another width',
    floats(
      Array.from({ length: 24 }, (_, i) => Number(i % 4 === 0)),
      [6, 4],
    ),
    'one-hot rows over 4 classes',
  ],
  [
    'rows of another width',
    floats(
      Array.from({ length: 12 }, (_, i) => i / 7),
      [6, 2],
    ),
    '2 numbers for 3 outputs',
  ],
  [
    'too many axes',
    ints(
      Array.from({ length: 24 }, (_, i) => i),
      [6, 2, 2],
    ),
    'fits neither class indices',
  ],
])('%s are named where no loss can be guessed', async (_, target, cause) => {
  const told = await message(target);
  expect(told).toContain('do not determine the loss');
  expect(told).toContain(cause);
});

it('labels from 1 are named with --loss, too', async () => {
  expect(await message(ints([1, 2, 3, 1, 2, 3]), { loss: 'cross_entropy' })).toContain('subtract 1');
});

it('a label in the first column of a table without names is pointed at', async () => {
  const files = await modelFile(folder, model);
  const data = join(folder, 'table.csv');
  await writeFile(data, '0,0.5,1.5,2.5,3.5\n2,0.1,0.2,0.3,0.4\n1,0.5,0.6,0.7,0.8\n');
  expect(await open(files.model, { data })).toContain('if these are the labels, add --target "0"');
  expect(await open(files.model, { data, target: '0' })).toContain('Loss cross_entropy');
});

it('a missing class name is refused with its row, wherever it stands', async () => {
  const files = await modelFile(folder, model);
  const data = join(folder, 'table.csv');
  const rows = ['a', 'b', 'c'].map((name, i) => `${i},0.5,0.25,1.5,${name}`);
  for (const missing of ['', 'NA', 'NaN', 'null']) {
    for (const at of [0, 2]) {
      await writeFile(data, ['p,q,r,s,kind', ...rows.toSpliced(at, 0, `9,9,9,9.5,${missing}`)].join('\n'));
      const told = await open(files.model, { data });
      expect(told).toContain('A value is missing');
      expect(told).toContain(`row ${at + 1}, column «kind»`);
    }
  }
});

it('class names are numbered by the whole file, not by the samples read', async () => {
  const files = await modelFile(folder, model);
  const data = join(folder, 'table.csv');
  const rows = ['c', 'b', 'a'].map((name, i) => `${i},0.5,0.25,1.5,${name}`);
  await writeFile(data, ['p,q,r,s,kind', ...rows].join('\n'));
  expect(await open(files.model, { data, samples: 2 })).toContain('a = 0, b = 1, c = 2');
});

it('an array that is neither input nor target is told', async () => {
  const files = await modelFile(folder, model, {
    x: X,
    target: ints([0, 1, 2, 0, 1, 2]),
    fold: ints([1, 1, 1, 1, 1, 1]),
  });
  expect(await open(files.model, { data: files.data })).toContain('not used: «fold» [6]');
});

it('an empty class folder is named', async () => {
  const files = await modelFile(folder, model);
  const images = join(folder, 'images');
  for (const name of ['A_empty', 'b']) await mkdir(join(images, name), { recursive: true });
  await writeFile(join(images, 'b', '1.png'), 'x');
  expect(await open(files.model, { data: images })).toContain('«A_empty»');
});
