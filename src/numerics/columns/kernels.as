// Sums over four float32 vectors at once, in float64, two elements per instruction. AssemblyScript; `npm run
// generate:kernels` compiles it into kernels.wasm.ts. Pointers and lengths are in bytes, lengths are multiples of 16.

/** sums[j] += qⱼ·w */
export function innerProducts(q0: usize, q1: usize, q2: usize, q3: usize, w: usize, length: usize, sums: usize): void {
  // Two sums for each vector: they do not wait for each other.
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0), s2 = f64x2.splat(0), s3 = f64x2.splat(0);
  let t0 = f64x2.splat(0), t1 = f64x2.splat(0), t2 = f64x2.splat(0), t3 = f64x2.splat(0);
  for (let i: usize = 0; i < length; i += 16) {
    const x = two(w + i), y = two(w + i + 8);
    s0 = f64x2.add(s0, f64x2.mul(x, two(q0 + i)));
    t0 = f64x2.add(t0, f64x2.mul(y, two(q0 + i + 8)));
    s1 = f64x2.add(s1, f64x2.mul(x, two(q1 + i)));
    t1 = f64x2.add(t1, f64x2.mul(y, two(q1 + i + 8)));
    s2 = f64x2.add(s2, f64x2.mul(x, two(q2 + i)));
    t2 = f64x2.add(t2, f64x2.mul(y, two(q2 + i + 8)));
    s3 = f64x2.add(s3, f64x2.mul(x, two(q3 + i)));
    t3 = f64x2.add(t3, f64x2.mul(y, two(q3 + i + 8)));
  }
  addSum(sums, f64x2.add(s0, t0));
  addSum(sums + 8, f64x2.add(s1, t1));
  addSum(sums + 16, f64x2.add(s2, t2));
  addSum(sums + 24, f64x2.add(s3, t3));
}

/** w ← w − Σⱼ cⱼ·qⱼ, rounded to float32 once. */
export function subtract(w: usize, q0: usize, q1: usize, q2: usize, q3: usize, length: usize, c0: f64, c1: f64, c2: f64, c3: f64): void {
  const d0 = f64x2.splat(c0), d1 = f64x2.splat(c1), d2 = f64x2.splat(c2), d3 = f64x2.splat(c3);
  for (let i: usize = 0; i < length; i += 8) {
    const a = f64x2.add(f64x2.mul(d0, two(q0 + i)), f64x2.mul(d1, two(q1 + i)));
    const b = f64x2.add(f64x2.mul(d2, two(q2 + i)), f64x2.mul(d3, two(q3 + i)));
    const rest = f64x2.sub(two(w + i), f64x2.add(a, b));
    v128.store64_lane(w + i, f32x4.demote_f64x2_zero(rest), 0);
  }
}

/** total ← total + Σⱼ cⱼ·qⱼ, total in float64: `length` counts the bytes of a q. */
export function accumulate(total: usize, q0: usize, q1: usize, q2: usize, q3: usize, length: usize, c0: f64, c1: f64, c2: f64, c3: f64): void {
  const d0 = f64x2.splat(c0), d1 = f64x2.splat(c1), d2 = f64x2.splat(c2), d3 = f64x2.splat(c3);
  for (let i: usize = 0; i < length; i += 8) {
    const a = f64x2.add(f64x2.mul(d0, two(q0 + i)), f64x2.mul(d1, two(q1 + i)));
    const b = f64x2.add(f64x2.mul(d2, two(q2 + i)), f64x2.mul(d3, two(q3 + i)));
    v128.store(total + 2 * i, f64x2.add(v128.load(total + 2 * i), f64x2.add(a, b)));
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function two(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at));
}

function addSum(at: usize, pair: v128): void {
  store<f64>(at, load<f64>(at) + f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1));
}
