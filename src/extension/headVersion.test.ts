import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UserError } from '../errors';
import { externalFiles, headVersion } from './headVersion';

let folder: string;
let model: string;
const versions = (): string => join(folder, 'versions');
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: folder, stdio: 'pipe' });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-head-'));
  model = join(folder, 'net.onnx');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function commit(files: Record<string, string | Buffer>): Promise<void> {
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'first');
}

/** A tensor's entry of external data, as protobuf writes it. */
const external = (location: string) =>
  Buffer.concat([
    Buffer.from('\x6a\x18\x0a\x08location\x12', 'latin1'),
    Buffer.from([location.length]),
    Buffer.from(location),
  ]);

const failure = (work: Promise<unknown>): Promise<UserError> =>
  work.then(
    () => Promise.reject(new Error('nothing failed')),
    (error: unknown) => error as UserError,
  );

describe('the version of the last commit', () => {
  it('is written as it was committed, beside no other file', async () => {
    const bytes = Buffer.from([0, 1, 255, 13, 10, 26]);
    await commit({ 'net.onnx': bytes });
    await writeFile(model, 'changed since');
    const head = await headVersion(model, versions());
    expect(await readFile(head)).toEqual(bytes);
    expect(basename(head)).toMatch(/^net@[0-9a-f]{7,}\.onnx$/);
    expect(await readFile(model, 'utf8')).toBe('changed since');
  });

  it('brings the files with its weights', async () => {
    await commit({
      'net.onnx': Buffer.concat([Buffer.from('head'), external('net.onnx.data')]),
      'net.onnx.data': 'old',
    });
    await writeFile(`${model}.data`, 'new');
    const head = await headVersion(model, versions());
    expect(await readFile(join(dirname(head), 'net.onnx.data'), 'utf8')).toBe('old');
  });

  it('is refused where its weights were not committed or lie elsewhere', async () => {
    await commit({ 'net.onnx': external('away.data') });
    expect((await failure(headVersion(model, versions()))).what).toContain('away.data');
    await writeFile(model, external('../outside.data'));
    git('commit', '-qam', 'second');
    expect((await failure(headVersion(model, versions()))).what).toContain('outside the folder');
  });

  it('is refused where Git LFS left a pointer, with the way out', async () => {
    await commit({ 'net.onnx': 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n' });
    const { what, action } = await failure(headVersion(model, versions()));
    expect(what).toContain('Git LFS');
    expect(action).toContain('git lfs smudge');
  });

  it('does not exist outside a repository, before the first commit of the file, or without git', async () => {
    await writeFile(model, 'x');
    expect((await failure(headVersion(model, versions()))).what).toContain('no last commit');
    await commit({ other: 'x', 'net.onnx': 'x' });
    git('rm', '-q', '--cached', 'net.onnx');
    git('commit', '-qm', 'without');
    expect((await failure(headVersion(model, versions()))).what).toContain('does not have this model');
    expect((await failure(headVersion(model, versions(), 'no-such-git'))).what).toBe('Git was not found.');
  });
});

it('finds the names of external files across the pieces in which a file is read', async () => {
  await writeFile(
    model,
    Buffer.concat([Buffer.alloc(2 ** 20 - 15), external('a.data'), Buffer.alloc(100), external('b.data')]),
  );
  expect(await externalFiles(model)).toEqual(['a.data', 'b.data']);
});
