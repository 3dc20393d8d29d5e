import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeWhole } from './writeWhole';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-write-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const posix = process.platform !== 'win32';

test('creates a file, replaces it and leaves nothing beside it', async () => {
  const path = join(folder, 'report.json');
  await writeWhole(path, 'one');
  await writeWhole(path, new TextEncoder().encode('two'), { flush: false });
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(readdirSync(folder)).toEqual(['report.json']);
});

test.runIf(posix)('keeps permissions, and writes through a link to its target', async () => {
  const path = join(folder, 'report.json');
  writeFileSync(path, 'old');
  chmodSync(path, 0o640);
  symlinkSync('report.json', join(folder, 'link'));
  await writeWhole(join(folder, 'link'), 'new');
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
});

test.runIf(posix)('follows a link to a file that does not exist yet', async () => {
  symlinkSync('later.json', join(folder, 'link'));
  await writeWhole(join(folder, 'link'), 'new');
  expect(readFileSync(join(folder, 'later.json'), 'utf8')).toBe('new');
});

test.runIf(posix)('writes into a pipe', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const [read] = await Promise.all([readFile(pipe, 'utf8'), writeWhole(pipe, 'through')]);
  expect(read).toBe('through');
  expect(lstatSync(pipe).isFIFO()).toBe(true);
});

test('leaves the earlier file unchanged when writing fails midway', async () => {
  const path = join(folder, 'report.json');
  writeFileSync(path, 'old');
  async function* failing() {
    await Promise.resolve();
    yield 'half of ';
    throw new Error('no space is left');
  }
  // Contents that fail in the middle stand for a file system that refuses the rest.
  await expect(writeWhole(path, failing() as unknown as string)).rejects.toThrow('no space is left');
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['report.json']);
});

test('gives the error of the file system if the folder is missing', async () => {
  await expect(writeWhole(join(folder, 'none', 'report.json'), 'x')).rejects.toMatchObject({ code: 'ENOENT' });
});
