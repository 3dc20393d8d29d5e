const TUNABLES = ['hugetlb=1', 'mmap_max=0', `trim_threshold=${2 ** 40}`];

/**
 * The environment in which the command line starts a process that computes. `src/options/warmMemory.ts` explains the
 * settings.
 */
export function withWarmMemory(given = process.env) {
  const tunables = given.GLIBC_TUNABLES ?? '';
  if (process.platform !== 'linux' || tunables.includes('glibc.malloc.')) return given;
  const ours = TUNABLES.map((tunable) => `glibc.malloc.${tunable}`);
  return { ...given, GLIBC_TUNABLES: [tunables, ...ours].filter((text) => text !== '').join(':') };
}
