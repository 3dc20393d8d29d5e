import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { reportFromJson } from '../json';
import { withShownNames } from './shownNames';

const report = reportFromJson(readFileSync('test/fixtures/reports/synthetic-lenet.json', 'utf8'));

/** The report of a model whose first tensor has the name that an exporter generated. */
function generated(): typeof report {
  const copy = structuredClone(report);
  const label = copy.model.parameters[0]!.name;
  copy.model.parameters[0] = { ...copy.model.parameters[0]!, name: '7', label };
  copy.gradient!.byParameter[0]!.name = '7';
  copy.diagnostics[0]!.summary = 'Nothing trains in «7»: 7 steps of 7.';
  copy.provenance.options = { parameters: ['7'] };
  return copy;
}

it('names a tensor after its layer in lists and between quotation marks, and leaves numbers alone', () => {
  const shown = withShownNames(generated());
  const label = report.model.parameters[0]!.name;
  expect(shown.gradient!.byParameter[0]!.name).toBe(label);
  expect(shown.diagnostics[0]!.summary).toBe(`Nothing trains in «${label}»: 7 steps of 7.`);
  expect(shown.model.parameters[0]).toMatchObject({ name: label, inFile: '7' });
});

it('keeps the names of the file in options, and the report itself as it is', () => {
  const before = generated();
  expect(withShownNames(before).provenance).toEqual(before.provenance);
  expect(before).toEqual(generated());
  expect(withShownNames(report)).toBe(report);
});
