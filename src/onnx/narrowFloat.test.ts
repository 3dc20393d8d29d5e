import { describe, expect, it } from 'vitest';
import type { NarrowFloatName } from './narrowFloat';
import { widen } from './narrowFloat';

/** Limits published for each format: IEEE 754, the OCP 8-bit formats, and ONNX's FNUZ variants. */
const known: [NarrowFloatName, number, number][] = [
  ['float16', 0x3c00, 1],
  ['float16', 0xc000, -2],
  ['float16', 0x7bff, 65504],
  ['float16', 0x0001, 2 ** -24],
  ['float16', 0x0400, 2 ** -14],
  ['float16', 0x7c00, Infinity],
  ['float16', 0xfc00, -Infinity],
  ['float16', 0x7e00, NaN],
  ['float16', 0x8000, -0],
  ['bfloat16', 0x3f80, 1],
  ['bfloat16', 0x0001, 2 ** -133],
  ['bfloat16', 0xff80, -Infinity],
  ['float8e4m3fn', 0x7e, 448],
  ['float8e4m3fn', 0x7f, NaN],
  ['float8e4m3fn', 0xff, NaN],
  ['float8e4m3fn', 0x01, 2 ** -9],
  ['float8e4m3fnuz', 0x7f, 240],
  ['float8e4m3fnuz', 0x80, NaN],
  ['float8e4m3fnuz', 0x01, 2 ** -10],
  ['float8e5m2', 0x7b, 57344],
  ['float8e5m2', 0x7c, Infinity],
  ['float8e5m2', 0x01, 2 ** -16],
  ['float8e5m2fnuz', 0x7f, 57344],
  ['float8e5m2fnuz', 0x80, NaN],
  ['float8e5m2fnuz', 0x01, 2 ** -17],
  ['float8e8m0', 0x7f, 1],
  ['float8e8m0', 0x00, 2 ** -127],
  ['float8e8m0', 0xfe, 2 ** 127],
  ['float8e8m0', 0xff, NaN],
];

describe('widen', () => {
  it.each(known)('%s %i is %d', (name, pattern, value) => {
    expect(widen(name, Uint16Array.of(pattern))[0]).toBe(value);
  });

  it('lists all sixteen values of float4e2m1', () => {
    const positive = [0, 0.5, 1, 1.5, 2, 3, 4, 6];
    expect([
      ...widen(
        'float4e2m1',
        Uint8Array.from({ length: 16 }, (_, i) => i),
      ),
    ]).toEqual([...positive, ...positive.map((value) => -value)]);
  });

  it('reads every bfloat16 as the upper half of a float32', () => {
    const patterns = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const expected = new Float32Array(Uint32Array.from(patterns, (bits) => bits * 65536).buffer);
    expect(widen('bfloat16', patterns)).toEqual(expected);
  });
});
