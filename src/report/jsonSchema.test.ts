import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020';
import { expect, it } from 'vitest';
import { reportJsonSchema } from './jsonSchema';

const schema = reportJsonSchema();
const accepts = new Ajv2020().compile(schema);

function fixture(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`../../test/fixtures/reports/${name}`, import.meta.url), 'utf8')) as Record<
    string,
    unknown
  >;
}

/** Compares the schema with the file in the docs, which `npm run generate:schema` writes. */
it('matches the schema in docs', async () => {
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot('../../docs/report.schema.json');
});

it.each(['synthetic-lenet.json', 'synthetic-saddle.json'])('accepts the saved report %s', (name) => {
  expect(accepts(fixture(name)), JSON.stringify(accepts.errors)).toBe(true);
});

it.each([
  ['a section that is missing', { warnings: undefined }],
  ['text in the place of a number', { schemaVersion: 'one' }],
  ['a spelling of no number', { gradient: { norm: 'infinite', byParameter: [] } }],
  ['an unknown loss', { objective: { function: 'l2' } }],
  ['a time that is none', { timings: { load: 'long' } }],
])('refuses %s', (_what, change) => {
  const report = JSON.parse(JSON.stringify({ ...fixture('synthetic-saddle.json'), ...change })) as unknown;
  expect(accepts(report)).toBe(false);
});
