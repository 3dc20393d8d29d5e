/** The environment of a program that computes, as the extension makes it for its engine (`src/extension/largePages.ts`). */
export function withLargePages(given = process.env) {
  const tunables = given.GLIBC_TUNABLES ?? '';
  if (process.platform !== 'linux' || tunables.includes('glibc.malloc.hugetlb')) return given;
  return { ...given, GLIBC_TUNABLES: [tunables, 'glibc.malloc.hugetlb=1'].filter((text) => text !== '').join(':') };
}
