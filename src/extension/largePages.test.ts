import { expect, it } from 'vitest';
import { withLargePages } from './largePages';

it('adds to what the C library was told already', () => {
  expect(withLargePages({ A: '1' }, 'linux')).toEqual({ A: '1', GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' });
  expect(withLargePages({ GLIBC_TUNABLES: 'glibc.malloc.check=3' }, 'linux').GLIBC_TUNABLES).toBe(
    'glibc.malloc.check=3:glibc.malloc.hugetlb=1',
  );
});

it('leaves the choice of the person, and other systems, as they are', () => {
  const chosen = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=0' };
  expect(withLargePages(chosen, 'linux')).toBe(chosen);
  expect(withLargePages({}, 'darwin')).toEqual({});
});
