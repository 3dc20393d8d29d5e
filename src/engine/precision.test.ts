import { afterEach, describe, expect, it } from 'vitest';
import { gaussianVector, random } from '../numerics/random';
import { askForPrecision, keptBits, preciseEnough } from './precision';
import { probeProviders } from './probe';

const given = gaussianVector(1000, random(0, 'factors'));

/** Rounded to so many significant bits. */
const rounded = (bits: number) =>
  given.map((value) => {
    const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - bits + 1);
    return Math.round(value / unit) * unit;
  });

describe('the bits that a product keeps', () => {
  it.each([8, 11, 16])('are counted: %i', (bits) => {
    expect(keptBits(given, rounded(bits))).toBe(bits);
  });

  it('are all of float32 if the factors come back unchanged', () => expect(keptBits(given, given)).toBe(24));

  it('are none if the result is NaN', () => {
    expect(
      keptBits(
        given,
        given.map(() => NaN),
      ),
    ).toBeLessThan(1);
  });

  it('are all of float32 on the CPU', async () => {
    const [cpu] = await probeProviders(1);
    expect(cpu).toMatchObject({ name: 'cpu', bits: 24 });
  });
});

it('accepts TF32 only on request', () => {
  expect([24, 11].map((bits) => preciseEnough(bits, 'float32'))).toEqual([true, false]);
  expect([24, 11].map((bits) => preciseEnough(bits, 'reduced'))).toEqual([true, true]);
});

describe('the environment of NVIDIA’s libraries', () => {
  const before = process.env.NVIDIA_TF32_OVERRIDE;
  afterEach(() => {
    if (before === undefined) delete process.env.NVIDIA_TF32_OVERRIDE;
    else process.env.NVIDIA_TF32_OVERRIDE = before;
  });

  it('turns TF32 off unless it was requested', () => {
    askForPrecision('float32');
    expect(process.env.NVIDIA_TF32_OVERRIDE).toBe('0');
    askForPrecision('reduced');
    expect(process.env.NVIDIA_TF32_OVERRIDE).toBeUndefined();
  });
});
