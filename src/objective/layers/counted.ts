import type { Objective } from '../objective';

export interface ProductCount {
  count: number;
  /** While at least one call was under way. */
  seconds: number;
}

/** The objective, with its products counted and timed on the way. */
export function counted(objective: Objective): { objective: Objective; hvp: ProductCount; ggnvp: ProductCount } {
  const hvp: ProductCount = { count: 0, seconds: 0 };
  const ggnvp: ProductCount = { count: 0, seconds: 0 };
  const [timedHvp, timedGgnvp] = [timed(hvp), timed(ggnvp)];
  return {
    hvp,
    ggnvp,
    objective: {
      dim: objective.dim,
      parameters: objective.parameters,
      theta: objective.theta,
      samples: objective.samples,
      block: objective.block,
      overlapping: objective.overlapping,
      value: (signal) => objective.value(signal),
      gradient: (signal, onBatch) => objective.gradient(signal, onBatch),
      hvp: (vectors, signal, nudge) => timedHvp(vectors.length, () => objective.hvp(vectors, signal, nudge)),
      ggnvp: (vectors, signal, nudge) => timedGgnvp(vectors.length, () => objective.ggnvp(vectors, signal, nudge)),
      curvatures: (vectors, signal, kind) => objective.curvatures(vectors, signal, kind),
      plane: (d1, d2, points, options) => objective.plane(d1, d2, points, options),
      // Products over a part of the data are not timed: they cost that part only.
      preview: (batches) => objective.preview(batches),
      dispose: () => objective.dispose(),
    },
  };
}

/** Runs products, and adds their number and time to a total. */
function timed(total: ProductCount) {
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
