import { expect, it } from 'vitest';
import { packDated, unpackDated } from './measured';

const check = { name: 'gradient', value: NaN, limit: Infinity, passed: false, detail: '' };
const dated = { result: { checks: [check], data: 'data.npz', fileTime: 1 }, measured: '2026-01-01T00:00:00.000Z' };

it('keeps numbers that JSON lacks', () => {
  expect(unpackDated('verification', packDated<'verification'>(dated))).toEqual(dated);
});

it('takes nothing that is no result of this kind', () => {
  const packed = packDated<'verification'>(dated);
  for (const other of [undefined, 3, '', '{}', packed.slice(1), packed.replace('checks', 'tests')]) {
    expect(unpackDated('verification', other)).toBeUndefined();
  }
  expect(unpackDated('providers', packed)).toBeUndefined();
});
