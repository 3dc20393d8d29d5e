import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cli, root } from './commandLine';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-network-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const SAMPLE = ['media/sample/lenet.onnx', '--data', 'media/sample/lenet.npz', '--samples', '64', '--batch', '16'];
const ARGUMENTS = ['analyze', ...SAMPLE, '--only', 'loss,gradient', '--threads', '2', '--provider', 'cpu', '--quiet'];

/**
 * An environment in which every place for a program's own files lies in the test's folder, and no telemetry is
 * disabled.
 */
function environment(): NodeJS.ProcessEnv {
  const places = [
    'HOME',
    'USERPROFILE',
    'XDG_CACHE_HOME',
    'XDG_CONFIG_HOME',
    'XDG_DATA_HOME',
    'XDG_STATE_HOME',
    'TMPDIR',
  ];
  const env: NodeJS.ProcessEnv = { ...process.env, ...Object.fromEntries(places.map((name) => [name, folder])) };
  delete env.ORT_DISABLE_TELEMETRY;
  return env;
}

test('an analysis leaves no files except in its own cache', async () => {
  await promisify(execFile)(process.execPath, [cli, ...ARGUMENTS], { cwd: root, env: environment() });
  const left = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = left.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  expect(files.filter((file) => !file.startsWith(join(folder, 'ridgeline')))).toEqual([]);
  expect(files.length).toBeGreaterThan(0);
});

/** Whether strace can watch system calls, which some containers forbid. */
const canWatch = existsSync('/usr/bin/strace') && spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0;

test.runIf(canWatch)('an analysis looks up no name and opens no network connection', async () => {
  const calls = join(folder, 'calls');
  const watched = ['-f', '-e', 'trace=socket,connect,sendto,sendmsg,openat', '-o', calls, process.execPath, cli];
  await promisify(execFile)('strace', [...watched, ...ARGUMENTS], { cwd: root, env: environment() });
  const lines = (await readFile(calls, 'utf8')).split('\n');
  expect(lines.some((line) => line.includes('libonnxruntime'))).toBe(true);
  // Node opens local sockets for its threads. They reach no network and are not counted.
  expect(
    lines.filter((line) => /AF_INET|AF_NETLINK|resolv\.conf|nsswitch|\/etc\/hosts|DeveloperTools|deviceid/.test(line)),
  ).toEqual([]);
});
