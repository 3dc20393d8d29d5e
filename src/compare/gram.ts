/** Reads point i of a path, [dim]. */
export type ReadPoint = (i: number) => Promise<Float32Array>;

/**
 * The Gram matrix G = R·Rᵀ of points around a centre, rᵢ = θᵢ − θ_centre, in float64.
 * At most `held` points are in memory at a time besides the centre. With n points the cost is n²/2 dot products and
 * about n²/(2·held) reads.
 * @param read returns point i, [dim]; it is called several times for each point
 * @param held at least 2
 * @returns [n][n]; the row of the centre is exactly 0
 */
export async function gramAround(
  count: number,
  centre: Float32Array,
  read: ReadPoint,
  { held, signal, onPoint }: { held: number; signal?: AbortSignal; onPoint?: (done: number, total: number) => void },
): Promise<Float64Array[]> {
  const gram = Array.from({ length: count }, () => new Float64Array(count));
  const set = (i: number, j: number, value: number) => {
    gram[i][j] = value;
    gram[j][i] = value;
  };
  // One point is read at a time and compared with a block of the others.
  const size = Math.max(1, held - 1);
  const blocks = Math.ceil(count / size);
  const total = Array.from({ length: blocks }, (_, b) => count - b * size).reduce((a, b) => a + b, 0);
  let done = 0;
  const next = async (i: number) => {
    signal?.throwIfAborted();
    const point = await read(i);
    onPoint?.(++done, total);
    return point;
  };
  for (let first = 0; first < count; first += size) {
    const block: Float32Array[] = [];
    for (let i = first; i < Math.min(first + size, count); i++) {
      const point = await next(i);
      block.push(point);
      block.forEach((other, k) => set(i, first + k, dotAround(centre, point, other)));
    }
    for (let j = first + block.length; j < count; j++) {
      const point = await next(j);
      block.forEach((other, k) => set(j, first + k, dotAround(centre, point, other)));
    }
  }
  return gram;
}

/** (a − c)·(b − c), the differences exact in float64. */
function dotAround(c: Float32Array, a: Float32Array, b: Float32Array): number {
  let total = 0;
  for (let i = 0; i < c.length; i++) total += (a[i] - c[i]) * (b[i] - c[i]);
  return total;
}
