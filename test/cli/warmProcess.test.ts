import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { twoProcessCli as cli, environmentIn, root, runIn } from './commandLine';

const fixture = (name: string): string[] => [
  join(root, 'test/fixtures', name, 'model.onnx'),
  ...['--data', join(root, 'test/fixtures', name, 'data.npz'), '--provider', 'cpu'],
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-warm-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Process ids of the children of a process, from the kernel; empty once the process has ended. */
function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Starts an analysis that takes minutes, and resolves once its first figures are measured. */
async function started(): Promise<{ parent: ChildProcess; child: number; stderr: () => string }> {
  const args = [cli, 'analyze', ...fixture('plain_fashion'), '--preset', 'thorough', '--output', 'partial.json'];
  const env = environmentIn(folder);
  const parent = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  await new Promise<void>((ready) => {
    parent.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (/% {2}(?:First picture|Lines|Hessian spectrum)/.test(text)) ready();
    });
  });
  const [child] = childrenOf(parent.pid!);
  return { parent, child: child!, stderr: () => text };
}

test('passes on the exit code of the second process', async () => {
  expect((await runIn(folder, cli, ['analyze', 'missing.onnx'])).code).toBe(2);
  expect((await runIn(folder, cli, ['analyze', ...fixture('mlp_digits'), '--only', 'loss', '--quiet'])).code).toBe(0);
});

test.runIf(process.platform === 'linux')('computes with warm memory, and stops at Ctrl-C', async () => {
  const { parent, child, stderr } = await started();
  expect(readFileSync(`/proc/${child}/environ`, 'utf8')).toContain('glibc.malloc.hugetlb=1');
  parent.kill('SIGINT');
  expect(await new Promise((done) => parent.on('close', done))).toBe(130);
  expect(stderr()).toContain('Cancelled. partial.json contains what was measured.');
});

test.runIf(process.platform === 'linux')('ends when the first process is killed', async () => {
  const { parent, child } = await started();
  parent.kill('SIGKILL');
  // The current run of the graph ends first. If the process never ends, the test reaches its time limit.
  while (existsSync(`/proc/${child}`)) await new Promise((later) => setTimeout(later, 20));
});

test.runIf(process.platform === 'linux')('keeps allocator settings that a person chose', async () => {
  const env = { ...environmentIn(folder), GLIBC_TUNABLES: 'glibc.malloc.hugetlb=0' };
  const args = [cli, 'analyze', ...fixture('mlp_digits'), '--only', 'loss'];
  const only = spawn(process.execPath, args, { cwd: folder, env, stdio: 'ignore' });
  const second = new Promise<boolean>((found) => {
    const watch = setInterval(() => {
      const seen = childrenOf(only.pid!).length > 0;
      if (seen || only.exitCode !== null) found(seen);
      if (seen || only.exitCode !== null) clearInterval(watch);
    }, 5);
  });
  expect(await second).toBe(false);
});
