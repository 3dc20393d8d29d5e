import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, environmentIn, root } from './commandLine';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-stream-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs an analysis through the shell, with `redirection` after the command. */
async function analyzed(redirection: string, output: string): Promise<void> {
  const model = join(root, 'test/fixtures/linear_saddle');
  const command = `"${process.execPath}" "${cli}" analyze "${model}/model.onnx" --data "${model}/data.npz" --only loss --threads 1 --output ${output} ${redirection}`;
  await promisify(execFile)('/bin/sh', ['-c', command], { cwd: folder, env: environmentIn(folder) });
}

const read = (name: string) => readFile(join(folder, name), 'utf8');
const isReport = (text: string) => 'schemaVersion' in (JSON.parse(text) as object);

describe.skipIf(process.platform === 'win32')('a report on standard output', () => {
  it.each([
    ['> report.json 2> told.txt', '/dev/stdout'],
    ['> report.json 2> told.txt', 'report.json'],
    ['2> told.txt | cat > report.json', '/dev/stdout'],
  ])('%s, --output %s: is alone there, with the summary on standard error', async (redirection, output) => {
    await analyzed(redirection, output);
    expect(isReport(await read('report.json'))).toBe(true);
    expect(await read('told.txt')).toMatch(/^loss /m);
  });

  it('sent to standard error keeps the summary on standard output and appends to what was there', async () => {
    await writeFile(join(folder, 'told.txt'), 'before\n');
    await analyzed('> summary.txt 2>> told.txt', '/dev/stderr');
    expect(await read('summary.txt')).toMatch(/^loss /m);
    const told = await read('told.txt');
    expect(told.startsWith('before\n')).toBe(true);
    expect(isReport(told.slice(told.indexOf('\n{')))).toBe(true);
  });
});
