import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { withWarmMemory } from './warmMemory';

const OURS = 'glibc.malloc.hugetlb=1:glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=1099511627776';

it('adds to existing settings of the C library', () => {
  expect(withWarmMemory({ A: '1' }, 'linux')).toEqual({ A: '1', GLIBC_TUNABLES: OURS });
  expect(withWarmMemory({ GLIBC_TUNABLES: 'glibc.rtld.optional_static_tls=1024' }, 'linux').GLIBC_TUNABLES).toBe(
    `glibc.rtld.optional_static_tls=1024:${OURS}`,
  );
});

it('does not change settings that a person chose, or other systems', () => {
  const chosen = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=0' };
  expect(withWarmMemory(chosen, 'linux')).toBe(chosen);
  expect(withWarmMemory({}, 'darwin')).toEqual({});
});

it.runIf(process.platform === 'linux')('keeps freed memory for the next large block', () => {
  // The program frees 64 MiB and allocates it again: only the first allocation touches pages for the first time.
  const program = `
    const { setFlagsFromString } = require('v8');
    setFlagsFromString('--expose-gc');
    const gc = require('vm').runInNewContext('gc');
    const faults = () => process.resourceUsage().minorPageFault;
    const touch = () => { const before = faults(); new Float32Array(2 ** 24).fill(1); return faults() - before; };
    const first = touch();
    for (let i = 0; i < 3; i++) gc();
    setTimeout(() => { gc(); console.log(JSON.stringify([first, touch()])); }, 200);
  `;
  const faultsIn = (env: NodeJS.ProcessEnv) => {
    const { stdout } = spawnSync(process.execPath, ['-e', program], { env, encoding: 'utf8' });
    return JSON.parse(stdout) as [number, number];
  };
  const [first, again] = faultsIn(withWarmMemory({ ...process.env, GLIBC_TUNABLES: '' }));
  expect(again).toBeLessThan(first / 2 + 100);
});
