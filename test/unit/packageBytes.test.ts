import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = resolve(__dirname, '../..');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-package-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('two packages of the same files have the same bytes, whenever and wherever they are built', async () => {
  const { SAME_BYTES } = (await import(pathToFileURL(join(root, 'scripts/package.mjs')).href)) as {
    SAME_BYTES: NodeJS.ProcessEnv;
  };
  const manifest = { name: 'tiny', publisher: 'x', version: '1.0.0', engines: { vscode: '^1.100.0' } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  for (const name of ['README.md', 'b.txt', 'a.txt']) writeFileSync(join(folder, name), `the text of ${name}`);
  const packaged = (out: string, env: NodeJS.ProcessEnv) => {
    const how = ['--out', out, '--allow-missing-repository', '--skip-license'];
    execFileSync(process.execPath, [join(root, 'node_modules/@vscode/vsce/vsce'), 'package', ...how], {
      cwd: folder,
      stdio: 'ignore',
      env: { ...process.env, ...env, ...SAME_BYTES },
    });
    const bytes = readFileSync(join(folder, out));
    rmSync(join(folder, out));
    return bytes;
  };
  const first = packaged('first.vsix', { TZ: 'Asia/Tokyo' });
  for (const name of ['b.txt', 'package.json']) utimesSync(join(folder, name), 1e9, 1e9);
  expect(packaged('second.vsix', { TZ: 'America/New_York' }).equals(first)).toBe(true);
});
