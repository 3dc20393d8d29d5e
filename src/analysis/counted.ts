import type { Objective } from '../objective/objective';

export interface ProductCount {
  count: number;
  /** While at least one call was under way. */
  seconds: number;
}

/** The objective, with its products counted and timed on the way. */
export function counted(objective: Objective): { objective: Objective; hvp: ProductCount; ggnvp: ProductCount } {
  const hvp: ProductCount = { count: 0, seconds: 0 };
  const ggnvp: ProductCount = { count: 0, seconds: 0 };
  const timers = new Map([hvp, ggnvp].map((total) => [total, { underWay: 0, start: 0 }]));
  const timed = async (total: ProductCount, vectors: number, run: () => Promise<Float32Array[]>) => {
    const timer = timers.get(total)!;
    if (timer.underWay++ === 0) timer.start = performance.now();
    try {
      const products = await run();
      total.count += vectors;
      return products;
    } finally {
      if (--timer.underWay === 0) total.seconds += (performance.now() - timer.start) / 1000;
    }
  };
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
      hvp: (vectors, signal, nudge) => timed(hvp, vectors.length, () => objective.hvp(vectors, signal, nudge)),
      ggnvp: (vectors, signal, nudge) => timed(ggnvp, vectors.length, () => objective.ggnvp(vectors, signal, nudge)),
      curvatures: (vectors, signal, kind) => objective.curvatures(vectors, signal, kind),
      plane: (d1, d2, points, options) => objective.plane(d1, d2, points, options),
      // Products over a part of the data are not timed: they cost that part only.
      preview: (batches) => objective.preview(batches),
      dispose: () => objective.dispose(),
    },
  };
}
