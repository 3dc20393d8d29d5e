/**
 * IEEE 754 half precision to single: sign 1, exponent 5 (bias 15), fraction 10 bits. Exact, subnormals, ±∞ and NaN
 * included; every half is a single.
 */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** A whole array of halves. A table of all 65,536 of them makes each a look-up. */
export function halvesToFloats(halves: Uint16Array): Float32Array<ArrayBuffer> {
  table ??= Float32Array.from({ length: 65536 }, (_, bits) => halfToFloat(bits));
  const floats = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) floats[i] = table[halves[i]!]!;
  return floats;
}

let table: Float32Array | undefined;
