/** An image with interleaved channels and values from 0 to 255. */
export interface Pixels {
  width: number;
  height: number;
  channels: number;
  data: ArrayLike<number>;
}

/**
 * Resizes an image along rows, then along columns. The triangle filter is as wide as one output pixel, and at least one
 * input pixel. It interpolates bilinearly when enlarging and averages when reducing, as Pillow and torchvision do by
 * default.
 * @returns interleaved values, [height, width, channels]
 */
export function resample(image: Pixels, width: number, height: number): Float32Array {
  const rows = alongAxis(image.data, image.height, image.width, width, image.channels);
  return alongAxis(rows, 1, image.height, height, width * image.channels);
}

/** Resizes the middle axis of [outer, from, inner] to `to`. */
function alongAxis(data: ArrayLike<number>, outer: number, from: number, to: number, inner: number): Float32Array {
  if (from === to) return Float32Array.from(data);
  const out = new Float32Array(outer * to * inner);
  const scale = from / to;
  const support = Math.max(scale, 1);
  for (let t = 0; t < to; t++) {
    const centre = (t + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - support + 0.5));
    const last = Math.min(from, Math.floor(centre + support + 0.5));
    const weights: number[] = [];
    for (let f = first; f < last; f++) weights.push(Math.max(0, 1 - Math.abs(f + 0.5 - centre) / support));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    for (let o = 0; o < outer; o++) {
      const target = (o * to + t) * inner;
      weights.forEach((weight, k) => {
        const origin = (o * from + first + k) * inner;
        for (let i = 0; i < inner; i++) out[target + i] += (weight / sum) * data[origin + i];
      });
    }
  }
  return out;
}
