import type { Tensor } from '../graph/tensor';

export interface NonFinite {
  /** Position of the first one, in row-major order, and its value: NaN, ∞ or −∞. */
  index: number;
  value: number;
  /** How many there are. */
  count: number;
}

/** The elements of a tensor that are not finite; null if all are. Integers always are. */
export function findNonFinite({ data }: Tensor): NonFinite | null {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return null;
  let count = 0;
  let index = -1;
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    if (count++ === 0) index = i;
  }
  return count > 0 ? { index, value: data[index], count } : null;
}
