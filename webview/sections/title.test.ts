import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { reportFromJson } from '../../src/report/json';
import type { Report } from '../../src/report/report';
import { titleOf } from './title';

const report = reportFromJson(
  readFileSync(new URL('../../test/fixtures/reports/synthetic-lenet.json', import.meta.url), 'utf8'),
);

test('the title names all that was analysed', () => {
  const name = titleOf(report);
  expect(name).toMatch(/\.onnx$/);
  const models = ['/a/x.onnx', '/a/y.onnx', '/a/z.onnx', '/a/w.onnx'].map((path) => ({ path }));
  const compared = (count: number) =>
    titleOf({ ...report, comparison: { models: models.slice(0, count) } as Report['comparison'] });
  expect(compared(2)).toBe(`${name} compared with y.onnx`);
  expect(compared(3)).toBe(`${name} compared with y.onnx and z.onnx`);
  expect(compared(4)).toBe(`${name} compared with 3 others`);
  const alike = [report.model.path, '/runs/deep/' + name].map((path) => ({ path }));
  expect(titleOf({ ...report, comparison: { models: alike } as Report['comparison'] })).toMatch(
    new RegExp(`/${name} compared with deep/${name}$`),
  );
  expect(titleOf({ ...report, path: { checkpoints: [{}, {}] } as Report['path'] })).toBe(`2 checkpoints up to ${name}`);
});
