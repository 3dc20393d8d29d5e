import type { Objective, ProductKind } from '../objective';
import { layer } from './layer';

export interface ProductCount {
  count: number;
  /** Seconds during which at least one product was running. */
  seconds: number;
}

/**
 * Counts and times the products of each matrix. Products of a preview are not counted: they use only part of the data.
 */
export function counted(objective: Objective): { objective: Objective; counts: Record<ProductKind, ProductCount> } {
  const counts = { hessian: { count: 0, seconds: 0 }, gaussNewton: { count: 0, seconds: 0 } };
  const timers = { hessian: timerFor(counts.hessian), gaussNewton: timerFor(counts.gaussNewton) };
  const { value, gradient, products, curvatures, perSample, deviations, inside, plane, preview } = objective;
  return {
    counts,
    objective: layer(objective, {
      value,
      gradient,
      products: (kind, vectors, asked) => timers[kind](vectors.length, () => products(kind, vectors, asked)),
      curvatures,
      perSample,
      deviations,
      inside,
      plane,
      preview,
    }),
  };
}

/** Returns a function that runs products and adds their number and time to `total`. */
function timerFor(total: ProductCount) {
  let [underWay, start] = [0, 0];
  return async (vectors: number, run: () => Promise<Float32Array[]>) => {
    if (underWay++ === 0) start = performance.now();
    try {
      const products = await run();
      total.count += vectors;
      return products;
    } finally {
      if (--underWay === 0) total.seconds += (performance.now() - start) / 1000;
    }
  };
}
