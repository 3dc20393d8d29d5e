import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import { expect, test } from 'vitest';
import { parseOptions } from './parse';
import { optionsFromSettings, settingsSchema, sidecarSchema } from './schema';
import { OPTIONS, SIDECAR_OPTIONS } from './table';

const schema = sidecarSchema();
// VS Code shows what the values of an enum mean.
const accepts = new Ajv({ allowUnionTypes: true }).addKeyword('enumDescriptions').compile(schema);

test('the schema for the editor matches the options table', async () => {
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot('../../media/landscape.schema.json');
});

test('the table has every option exactly once', () => {
  const source = readFileSync(new URL('options.ts', import.meta.url), 'utf8');
  const body = /export interface AnalysisOptions \{([\s\S]*?)\n\}/.exec(source)![1];
  const declared = [...body.matchAll(/^ {2}(\w+)\?:/gm)].map((match) => match[1]);
  expect(OPTIONS.map((row) => row.name)).toEqual(declared);
});

test('a sidecar with all options is accepted', () => {
  const sidecar = {
    $schema: './x.json',
    '// why': 'a comment',
    data: 'data.npz',
    input: { input: 'x' },
    loss: 'mse',
    samples: 10,
    only: ['loss', 'spectrum'],
    line: ['gradient:-1:1:3'],
    weightDecay: 0.5,
    failOn: ['saddle'],
  };
  expect(accepts(sidecar), JSON.stringify(accepts.errors)).toBe(true);
});

test.each([
  { loss: 'l2' },
  { samples: 0 },
  { smaples: 3 },
  { only: ['everything'] },
  { only: 'everything' },
  { failOn: ['sadle'] },
  { failOn: 'sadle' },
  { failOn: ['saddle', 'saddle'] },
  { target: '' },
  { parameters: [''] },
  { input: { a: null } },
  { seed: 1.5 },
  { output: '../.bashrc' },
  { html: 'page.html' },
  { cache: '.' },
  { quiet: true },
  { fresh: true },
])('the sidecar %j is refused', (sidecar) => {
  expect(accepts(sidecar)).toBe(false);
});

test('what a sidecar may hold is what the reader accepts: a list of one may be the text alone', () => {
  for (const sidecar of [{ failOn: 'saddle' }, { only: 'loss' }, { parameters: '*.weight' }, { line: 'gradient' }]) {
    expect(accepts(sidecar), JSON.stringify(accepts.errors)).toBe(true);
    expect(() => parseOptions(sidecar, 'file')).not.toThrow();
  }
});

test('every choice has its meaning, and every example is accepted', () => {
  for (const { name, choices, meanings, examples = [], kind } of OPTIONS) {
    if (choices) expect(Object.keys(meanings!), name).toEqual(choices);
    for (const example of examples) {
      const sidecar = { [name]: kind === 'list' ? [example] : example };
      expect(accepts(sidecar), example).toBe(true);
      expect(() => parseOptions(sidecar, 'file')).not.toThrow();
    }
  }
});

test('a sidecar may name only paths that are read', () => {
  expect(SIDECAR_OPTIONS.filter(({ kind }) => kind === 'path').map(({ name }) => name)).toEqual(['data', 'testData']);
});

test('settings at their defaults request nothing', () => {
  const defaults = Object.entries(settingsSchema()).map(([key, value]) => [
    key.replace('ridgeline.', ''),
    value.default,
  ]);
  const read = new Map(defaults as [string, unknown][]);
  expect(optionsFromSettings((name) => read.get(name))).toEqual({
    provider: 'auto',
    precision: 'float32',
    seed: 0,
    preset: 'standard',
  });
});
