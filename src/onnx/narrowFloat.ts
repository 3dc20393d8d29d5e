/**
 * A float of at most 16 bits: sign, exponent, fraction, from the highest bit down. A value with exponent field e and
 * fraction field f is (1 + f/2^fraction)·2^(e − bias), or f/2^fraction·2^(1 − bias) for e = 0.
 */
export interface NarrowFloat {
  sign: 0 | 1;
  exponent: number;
  fraction: number;
  bias: number;
  /**
   * Patterns that are not numbers. `ieee`: the highest exponent holds ±∞ and NaN; `allOnes`: only the patterns of all ones
   * after the sign are NaN, and there is no ∞ (FN); `negativeZero`: only −0 is NaN (FNUZ); `none`: every pattern is a number.
   */
  special: 'ieee' | 'allOnes' | 'negativeZero' | 'none';
}

/** @see IEEE 754-2019; ONNX "Float stored in 8 bits"; OCP Microscaling Formats 1.0 */
export const narrowFloats = {
  float16: { sign: 1, exponent: 5, fraction: 10, bias: 15, special: 'ieee' },
  bfloat16: { sign: 1, exponent: 8, fraction: 7, bias: 127, special: 'ieee' },
  float8e4m3fn: { sign: 1, exponent: 4, fraction: 3, bias: 7, special: 'allOnes' },
  float8e4m3fnuz: { sign: 1, exponent: 4, fraction: 3, bias: 8, special: 'negativeZero' },
  float8e5m2: { sign: 1, exponent: 5, fraction: 2, bias: 15, special: 'ieee' },
  float8e5m2fnuz: { sign: 1, exponent: 5, fraction: 2, bias: 16, special: 'negativeZero' },
  float8e8m0: { sign: 0, exponent: 8, fraction: 0, bias: 127, special: 'allOnes' },
  float4e2m1: { sign: 1, exponent: 2, fraction: 1, bias: 1, special: 'none' },
} as const satisfies Record<string, NarrowFloat>;

export type NarrowFloatName = keyof typeof narrowFloats;

/** Widens bit patterns to float32, which holds every value of these formats exactly, subnormals and NaN included. */
export function widen(name: NarrowFloatName, patterns: Uint16Array | Uint8Array): Float32Array<ArrayBuffer> {
  const values = tableOf(name);
  const wide = new Float32Array(patterns.length);
  for (let i = 0; i < patterns.length; i++) wide[i] = values[patterns[i]];
  return wide;
}

const tables = new Map<NarrowFloatName, Float32Array>();

/** Every value of a format, by its bit pattern: there are at most 65,536. */
function tableOf(name: NarrowFloatName): Float32Array {
  let values = tables.get(name);
  if (!values) {
    const format: NarrowFloat = narrowFloats[name];
    const bits = format.sign + format.exponent + format.fraction;
    values = Float32Array.from({ length: 2 ** bits }, (_, pattern) => valueOf(pattern, format));
    tables.set(name, values);
  }
  return values;
}

function valueOf(pattern: number, { sign, exponent, fraction, bias, special }: NarrowFloat): number {
  const magnitude = pattern & (2 ** (exponent + fraction) - 1);
  const factor = sign && pattern >> (exponent + fraction) ? -1 : 1;
  const top = 2 ** exponent - 1;
  const e = magnitude >> fraction;
  const f = magnitude & (2 ** fraction - 1);
  if (special === 'ieee' && e === top) return f ? NaN : factor * Infinity;
  if (special === 'allOnes' && magnitude === 2 ** (exponent + fraction) - 1) return NaN;
  if (special === 'negativeZero' && magnitude === 0 && factor < 0) return NaN;
  // A format without fraction bits (float8e8m0) is powers of two only: its lowest exponent is no exception.
  if (e === 0 && fraction > 0) return factor * f * 2 ** (1 - bias - fraction);
  return factor * (2 ** fraction + f) * 2 ** (e - bias - fraction);
}
