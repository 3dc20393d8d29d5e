import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cache } from './analysis/keep/cache';
import { openOrCreate } from './journal/file';
import { readDataset } from './data/readDataset';
import { UserError } from './errors';
import { readModel } from './onnx/read';
import { readSidecar } from './options/sidecar';
import { openRegularFile, readSmallText } from './regularFile';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-regular-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const request = { inputs: [{ name: 'x', dtype: 'float32' as const, shape: [null, 2] }] };

describe('a regular file', () => {
  it('is opened, even through a link', async () => {
    await writeFile(join(folder, 'text'), 'hello');
    await symlink('text', join(folder, 'link'));
    const { file, size } = await openRegularFile(join(folder, 'link'));
    await file.close();
    expect(size).toBe(5);
    expect(await readSmallText(join(folder, 'link'), 5)).toBe('hello');
    await expect(readSmallText(join(folder, 'text'), 4)).rejects.toThrow(UserError);
  });

  it('is not a folder, and a missing file gives the error of the file system', async () => {
    await expect(openRegularFile(folder)).rejects.toThrow('This is a folder.');
    await expect(openRegularFile(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe.skipIf(process.platform === 'win32')('where a file is expected', () => {
  it.each(['pipe', 'pipe.npy', 'pipe.npz', 'pipe.csv', 'pipe.gz', 'link'])(
    'a named pipe is refused as data, not waited for: %s',
    async (name) => {
      const pipe = join(folder, name === 'link' ? 'target' : name);
      execFileSync('mkfifo', [pipe]);
      if (name === 'link') await symlink(pipe, join(folder, name));
      await expect(readDataset(join(folder, name), request)).rejects.toThrow(/no regular file, but a named pipe/);
    },
  );

  it('a named pipe inside a data folder is refused', async () => {
    await mkdir(join(folder, 'set'));
    execFileSync('mkfifo', [join(folder, 'set', 'input_0.pb')]);
    await expect(readDataset(join(folder, 'set'), request)).rejects.toThrow(/named pipe/);
    await mkdir(join(folder, 'images', 'a'), { recursive: true });
    execFileSync('mkfifo', [join(folder, 'images', 'a', '1.png')]);
    const image = { inputs: [{ name: 'x', dtype: 'float32' as const, shape: [null, 3, 4, 4] }] };
    await expect(readDataset(join(folder, 'images'), image)).rejects.toThrow(/named pipe/);
  });

  it('a named pipe is refused as a model and as a sidecar', async () => {
    execFileSync('mkfifo', [join(folder, 'm.onnx')]);
    await expect(readModel(join(folder, 'm.onnx'))).rejects.toThrow(/named pipe[\s\S]*Choose the \.onnx file/);
    execFileSync('mkfifo', [join(folder, 'm.landscape.json')]);
    await expect(readSidecar(join(folder, 'm.onnx'))).rejects.toThrow(/named pipe/);
  });

  it('a named pipe in a cache is ignored', async () => {
    const cache = await Cache.open(folder);
    execFileSync('mkfifo', [join(folder, 'reports', 'key.json')]);
    expect(await cache.report('key')).toBeNull();
    execFileSync('mkfifo', [join(folder, 'journals', 'key.journal')]);
    await expect(openOrCreate(join(folder, 'journals', 'key.journal'))).rejects.toThrow('no regular file');
  });

  it('a device or a socket is refused', async () => {
    await expect(readDataset('/dev/zero', request)).rejects.toThrow('no regular file, but a device');
    const server = createServer();
    await new Promise<void>((listening) => server.listen(join(folder, 'socket'), listening));
    await expect(readDataset(join(folder, 'socket'), request)).rejects.toThrow('no regular file, but a socket');
    server.close();
  });
});
