import type { Kernels } from './kernels';

/** kernels.as without vector instructions, for processors that have none: four times as slow. */
export function scriptKernels(buffer: ArrayBuffer): Kernels {
  const floats = (at: number, bytes: number) => new Float32Array(buffer, at, bytes / 4);
  const doubles = (at: number, count: number) => new Float64Array(buffer, at, count);
  return {
    innerProducts(q0, q1, q2, q3, w, length, sums) {
      const [a, b, c, d, x] = [q0, q1, q2, q3, w].map((at) => floats(at, length)) as FiveVectors;
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let i = 0; i < x.length; i++) {
        const value = x[i];
        s0 += a[i] * value;
        s1 += b[i] * value;
        s2 += c[i] * value;
        s3 += d[i] * value;
      }
      const result = doubles(sums, 4);
      [s0, s1, s2, s3].forEach((sum, j) => (result[j] += sum));
    },
    subtract(w, q0, q1, q2, q3, length, c0, c1, c2, c3) {
      const [a, b, c, d, x] = [q0, q1, q2, q3, w].map((at) => floats(at, length)) as FiveVectors;
      for (let i = 0; i < x.length; i++) x[i] -= c0 * a[i] + c1 * b[i] + (c2 * c[i] + c3 * d[i]);
    },
    accumulate(total, q0, q1, q2, q3, length, c0, c1, c2, c3) {
      const [a, b, c, d] = [q0, q1, q2, q3].map((at) => floats(at, length)) as FiveVectors;
      const sum = doubles(total, length / 4);
      for (let i = 0; i < sum.length; i++) sum[i] += c0 * a[i] + c1 * b[i] + (c2 * c[i] + c3 * d[i]);
    },
  };
}

type FiveVectors = [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
