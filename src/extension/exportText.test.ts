import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PAGE_FILES } from '../report/html';
import { reportFromJson } from '../report/json';
import { exportText } from './exportText';
import type { TextFormat } from './exportText';

const report = reportFromJson(readFileSync('test/fixtures/reports/synthetic-lenet.json', 'utf8'));
const [first] = report.diagnostics;
const told = {
  ...report,
  warnings: ['The batch is small (--batch 8).'],
  diagnostics: [{ ...first!, level: 'action' as const, advice: ['Raise the Lanczos steps (--lanczos-steps).'] }],
};

let extension: string;
beforeAll(() => {
  extension = mkdtempSync(join(tmpdir(), 'ridgeline-export-'));
  mkdirSync(join(extension, 'dist', 'webview'), { recursive: true });
  for (const name of Object.values(PAGE_FILES)) writeFileSync(join(extension, 'dist', 'webview', name), '');
});
afterAll(() => rmSync(extension, { recursive: true }));

it.each<TextFormat>(['json', 'html', 'markdown'])('writes %s in the words of the editor', async (format) => {
  const text = await exportText(extension, told, format);
  expect(text).not.toMatch(/--(?:batch|lanczos)/);
  expect(text).toContain('Raise the Lanczos steps (“lanczosSteps”).');
  expect(text).toMatch(/The batch is small \(\\?"batch\\?": 8\)\./);
});

it('leaves the report that is kept as it was measured', async () => {
  const before = structuredClone(told);
  await exportText(extension, told, 'json');
  expect(told).toEqual(before);
});
