import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { reportFromJson } from '../report/json';
import { failureInEditor, spokenInEditor } from './spokenInEditor';

const FLAG = 'Raise the Lanczos steps (--lanczos-steps).';
const SAID = 'Raise the Lanczos steps (“lanczosSteps”). Options stand in the options file beside the model.';

it('rewrites the sentences of a report, and nothing that identifies', () => {
  const report = reportFromJson(readFileSync('test/fixtures/reports/synthetic-saddle.json', 'utf8'));
  const [first] = report.diagnostics;
  const said = spokenInEditor({
    ...report,
    model: { ...report.model, path: '/models/--loss mse.onnx' },
    warnings: [FLAG],
    diagnostics: [{ ...first!, summary: FLAG, advice: [FLAG] }],
  });
  expect(said.warnings).toEqual([SAID]);
  expect(said.diagnostics[0]).toMatchObject({ summary: SAID, advice: [SAID] });
  expect(said.model.path).toBe('/models/--loss mse.onnx');
  expect(said.lines).toBe(report.lines);
});

it('returns the same value where there is nothing to rewrite', () => {
  const report = { warnings: ['fine'], lines: [{ alpha: [1, 2], direction: 'random' }], typed: Float32Array.of(1) };
  expect(spokenInEditor(report)).toBe(report);
});

it('rewrites what, where and action of a failure, and leaves paths alone', () => {
  const failure = failureInEditor({
    kind: 'user',
    what: '--class-axis has no meaning here.',
    where: ['--input sr', '/data/a-b--c.npz'],
    action: 'Name the array with --target KEY.',
  });
  expect(failure.what).toMatch(/^“classAxis” has no meaning here\./);
  expect(failure.where).toEqual(['“input” sr', '/data/a-b--c.npz']);
  expect(failure.action).toMatch(/^Name the array with “target”\. Options stand/);
});
