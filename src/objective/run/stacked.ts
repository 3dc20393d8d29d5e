import type { Tensor } from '../../graph/tensor';

/** Stacks K vectors to one tensor, [K, dim]; a single vector is not copied. */
export function stack(vectors: readonly Float32Array[]): Tensor {
  const [{ length }] = vectors;
  if (vectors.length === 1) return { dtype: 'float32', shape: [1, length], data: vectors[0] };
  const data = new Float32Array(vectors.length * length);
  for (const [k, vector] of vectors.entries()) data.set(vector, k * length);
  return { dtype: 'float32', shape: [vectors.length, length], data };
}

/** Row k of a matrix. */
export function row({ shape: [, length], data }: Tensor, k: number): Float32Array {
  return (data as Float32Array).subarray(k * length, (k + 1) * length);
}

/**
 * Splits vectors into the groups that go through one graph together.
 * @param block largest number of vectors in a group
 * @param parted the group sizes for a number of vectors
 */
export function* groupsOf(
  vectors: readonly Float32Array[],
  block: number,
  parted: (count: number) => readonly number[],
): Generator<readonly Float32Array[]> {
  for (let first = 0; first < vectors.length;) {
    for (const size of parted(Math.min(block, vectors.length - first))) {
      yield vectors.slice(first, first + size);
      first += size;
    }
  }
}
