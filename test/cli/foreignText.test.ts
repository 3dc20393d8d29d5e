import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cli, root, runIn } from './commandLine';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-text-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hostile = (name: string): string => join(root, 'test/fixtures/cases/hostile-terminal-escapes', name);

/** Characters that a terminal obeys instead of showing, except the line feed. */
// eslint-disable-next-line no-control-regex
const OBEYED = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

test.each([
  ['names of tensors', ['inspect', hostile('evil.onnx')]],
  ['names of operators and nodes', ['inspect', hostile('evilop.onnx')]],
  ['keys of a sidecar file', ['inspect', hostile('m.onnx')]],
  ['cells of a table', ['analyze', hostile('evil.onnx'), '--data', hostile('evil.csv')]],
])('%s reach the terminal escaped, and cannot forge a line', async (_, args) => {
  const { stdout, stderr } = await runIn(folder, cli, args);
  const text = stdout + stderr;
  expect(text.length).toBeGreaterThan(0);
  expect(text).not.toMatch(OBEYED);
  expect(text).not.toMatch(/^FAKE/m);
  expect(text).toMatch(/\\x1b|\\u\{202e\}|\\x9b|\\n/);
});
