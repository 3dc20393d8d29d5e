import type { ConvAttributes } from '../../src/graph/ops';
import { sizeOf } from '../../src/graph/tensor';

/** A tensor of plain numbers, in row-major order. */
export interface Plain {
  shape: readonly number[];
  values: ArrayLike<number>;
}

/** Yields every index of a shape, in row-major order. */
function* indicesOf(shape: readonly number[]): Generator<number[]> {
  for (let flat = 0; flat < sizeOf(shape); flat++) {
    let left = flat;
    const index = shape.map(() => 0);
    for (let i = shape.length - 1; i >= 0; i--) {
      index[i] = left % shape[i];
      left = Math.floor(left / shape[i]);
    }
    yield index;
  }
}

const at = ({ shape, values }: Plain, index: readonly number[]): number =>
  index.some((i, axis) => i < 0 || i >= shape[axis])
    ? 0
    : values[index.reduce((flat, i, axis) => flat * shape[axis] + i, 0)];

/**
 * Visits every product in the definition of a convolution:
 *   y[n, m, p] = Σ x[n, C·⌊m/M⌋ + c, s·p − pad + d·k] · w[m, c, k]
 * with C and M the input and output channels of a group.
 */
function visitProducts(
  { xShape, yShape, wShape }: { xShape: readonly number[]; yShape: readonly number[]; wShape: readonly number[] },
  { strides, pads, dilations, group }: ConvAttributes,
  visit: (x: number[], y: number[], w: number[]) => void,
): void {
  const perGroup = yShape[1] / group;
  for (const y of indicesOf(yShape)) {
    const [n, m, ...place] = y;
    for (const [c, ...k] of indicesOf(wShape.slice(1))) {
      const input = place.map((p, i) => p * strides[i] - pads[i] + k[i] * dilations[i]);
      const x = [n, Math.floor(m / perGroup) * wShape[1] + c, ...input];
      if (x.every((i, axis) => i >= 0 && i < xShape[axis])) visit(x, y, [m, c, ...k]);
    }
  }
}

/** Computes x ∗ w by definition, in float64. */
export function directConv(x: Plain, w: Plain, yShape: readonly number[], attributes: ConvAttributes): number[] {
  const sums = new Map<string, number>();
  const shapes = { xShape: x.shape, yShape, wShape: w.shape };
  visitProducts(shapes, attributes, (i, o, k) => sums.set(String(o), (sums.get(String(o)) ?? 0) + at(x, i) * at(w, k)));
  return [...indicesOf(yShape)].map((index) => sums.get(String(index)) ?? 0);
}

/** Computes the gradient of the weights, Σ x · ȳ, by definition, in float64. */
export function directConvWeight(x: Plain, y: Plain, wShape: readonly number[], attributes: ConvAttributes): number[] {
  const sums = new Map<string, number>();
  const shapes = { xShape: x.shape, yShape: y.shape, wShape };
  visitProducts(shapes, attributes, (i, o, k) => sums.set(String(k), (sums.get(String(k)) ?? 0) + at(x, i) * at(y, o)));
  return [...indicesOf(wShape)].map((index) => sums.get(String(index)) ?? 0);
}
