import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** A reproducible source of random numbers: the same seed and stream give the same numbers on every machine. */
export interface Random {
  /** Uniform on (0, 1), both ends excluded. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** 32 random bits, signed. */
  bits(): number;
}

/**
 * The random stream of one use: `random(seed, 'slq', probe)`. Streams of one seed are independent of each other, so that
 * probe 7 is the same vector however many probes are drawn and in whichever order.
 */
export function random(seed: number, ...stream: (number | string)[]): Random {
  const generator = xoroshiro128plusFromState(stateFrom(seed, stream));
  let spare: number | null = null;
  const uniform = () => ((generator.next() >>> 0) + 0.5) / 0x1_0000_0000;
  return {
    uniform,
    bits: () => generator.next(),
    normal() {
      // Box and Muller: two uniforms give two normals.
      if (spare !== null) {
        const value = spare;
        spare = null;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

/** z with independent standard normal entries: E zzᵀ = I. */
export function gaussianVector(dim: number, source: Random): Float32Array {
  const z = new Float32Array(dim);
  for (let i = 0; i < dim; i++) z[i] = source.normal();
  return z;
}

/** z with independent entries ±1: E zzᵀ = I, and ‖z‖² = dim exactly. */
export function rademacherVector(dim: number, source: Random): Float32Array {
  const z = new Float32Array(dim);
  // Only the upper 16 bits of each draw: the lowest bits of xoroshiro128+ are its weak ones.
  for (let i = 0; i < dim; i += 16) {
    const bits = source.bits() >>> 16;
    const end = Math.min(dim, i + 16);
    for (let j = i; j < end; j++) z[j] = (bits >>> (j - i)) & 1 ? 1 : -1;
  }
  return z;
}

/** 128 bits from the seed and the stream's names, mixed so that neighbouring seeds start far apart. */
function stateFrom(seed: number, stream: readonly (number | string)[]): [number, number, number, number] {
  const lanes = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x2545f491] as const;
  const key = JSON.stringify([seed, ...stream]);
  const mixed = lanes.map((lane) => {
    let hash = lane | 0;
    for (let i = 0; i < key.length; i++) hash = scramble(hash ^ Math.imul(key.charCodeAt(i) + 1, 0x85ebca6b));
    return hash;
  });
  return [mixed[0], mixed[1], mixed[2], mixed[3] | 1];
}

/** The finishing step of MurmurHash3: every input bit changes every output bit. */
function scramble(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
