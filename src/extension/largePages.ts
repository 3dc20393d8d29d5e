/**
 * Has the C library of Linux back large blocks of memory by large pages (2 MiB instead of 4 KiB, where the kernel has
 * them to give). A product of a large model touches gigabytes for the first time in each run, and every page of them
 * costs a fault: on a virtual machine this halved to quartered the time of Hessian products of a network of 24 million
 * weights, and did not change the peak of memory. Read when a process starts; other C libraries pass it over.
 * @param given the environment so far
 */
export function withLargePages(given: NodeJS.ProcessEnv, platform = process.platform): NodeJS.ProcessEnv {
  const tunables = given.GLIBC_TUNABLES ?? '';
  // Who has chosen has chosen.
  if (platform !== 'linux' || tunables.includes('glibc.malloc.hugetlb')) return given;
  return { ...given, GLIBC_TUNABLES: [tunables, 'glibc.malloc.hugetlb=1'].filter((text) => text !== '').join(':') };
}
