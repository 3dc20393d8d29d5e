import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readModelAndData } from '../../objective/open/readModelAndData';
import type { AnalysisOptions } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import { ThreadChoices, threadsKey } from './threadChoices';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-threads-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const CHOICE = {
  threads: 2,
  timed: [
    { threads: 4, milliseconds: 9.5 },
    { threads: 2, milliseconds: 4.25 },
  ],
};

it('remembers a number of threads and the timings that chose it', async () => {
  const choices = new ThreadChoices(join(folder, 'threads'));
  expect(await choices.known('a')).toBeNull();
  await choices.remember('a', CHOICE);
  expect(await new ThreadChoices(join(folder, 'threads')).known('a')).toEqual(CHOICE);
  expect(await choices.known('b')).toBeNull();
  expect(readdirSync(join(folder, 'threads'))).toEqual(['a.json']);
});

it.each(['', '{"threads": 2', '{"threads": 0, "timed": [{}]}', '{"threads": 2, "timed": []}', 'null'])(
  'ignores the content «%s»',
  async (text) => {
    writeFileSync(join(folder, 'a.json'), text);
    expect(await new ThreadChoices(folder).known('a')).toBeNull();
  },
);

it('has a key that depends on what affects the best number, and on nothing else', async () => {
  const fixture = (name: string, file: string) => resolve(__dirname, '../../../test/fixtures', name, file);
  const key = async (name: string, options: AnalysisOptions = {}) => {
    const resolved = resolveOptions({ data: fixture(name, 'data.npz'), ...options });
    return threadsKey(await readModelAndData(fixture(name, 'model.onnx'), resolved), resolved);
  };
  const plain = await key('mlp_digits');
  expect(await key('mlp_digits', { seed: 3, probes: 7, preset: 'thorough' })).toBe(plain);
  expect(await key('mlp_digits_untrained')).toBe(plain);
  const others = [await key('linear_saddle'), await key('mlp_digits', { batch: 10 })];
  expect(new Set([plain, ...others]).size).toBe(3);
});
