import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import { expect, test } from 'vitest';
import { optionsFromSettings, settingsSchema, sidecarSchema } from './schema';
import { OPTIONS, SIDECAR_OPTIONS } from './table';

const schema = sidecarSchema();
const accepts = new Ajv({ allowUnionTypes: true }).compile(schema);

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
