import { describe, expect, it } from 'vitest';
import { planLines } from './installText';

describe('planLines', () => {
  it('says what will be fetched, from where and to which folder', () => {
    const plan = {
      package: 'P',
      version: '1.2.3',
      url: 'https://feed.example/p.nupkg',
      bytes: 312_345_678,
      sha512: '',
      folder: '/runtime',
      files: ['a.so', 'b.so'],
    };
    expect(planLines(plan)).toEqual([
      ['from', 'https://feed.example/p.nupkg (298 MiB; its SHA-512 is checked)'],
      ['to', '/runtime'],
      ['files', 'a.so, b.so'],
    ]);
  });
});
