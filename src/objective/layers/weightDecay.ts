import { axpy, dot } from '../../numerics/vectors';
import type { Objective } from '../objective';

/**
 * L(θ) + x/2·‖θ‖²: what SGD descends with PyTorch's weight_decay = x. Adds x·θ to the gradient and x·v to products with
 * the Hessian and the Gauss-Newton matrix, and as much to the loss of each sample, over all of θ (biases too, as PyTorch does).
 */
export function withWeightDecay(objective: Objective, x: number): Objective {
  if (x === 0) return objective;
  const { theta } = objective;
  const square = dot(theta, theta);
  const shifted = (products: Float32Array[], vectors: readonly Float32Array[]) => {
    products.forEach((product, i) => axpy(x, vectors[i]!, product));
    return products;
  };
  return {
    dim: objective.dim,
    parameters: objective.parameters,
    theta,
    samples: objective.samples,
    block: objective.block,
    overlapping: objective.overlapping,
    async value(signal) {
      const value = await objective.value(signal);
      return { ...value, loss: value.loss + (x / 2) * square };
    },
    async gradient(signal, onBatch) {
      const decayed = (gradient: Float32Array) => {
        const result = Float32Array.from(gradient);
        axpy(x, theta, result);
        return result;
      };
      return decayed(
        await objective.gradient(signal, onBatch && ((gradient, samples) => onBatch(decayed(gradient), samples))),
      );
    },
    hvp: async (vectors, signal, nudge) => shifted(await objective.hvp(vectors, signal, nudge), vectors),
    ggnvp: async (vectors, signal, nudge) => shifted(await objective.ggnvp(vectors, signal, nudge), vectors),
    async curvatures(vectors, signal, kind) {
      const found = await objective.curvatures(vectors, signal, kind);
      return found.map(({ slopes, curvatures, ...rest }, i) => {
        const d = vectors[i]!;
        const [slope, curvature] = [x * dot(theta, d), x * dot(d, d)];
        return { ...rest, slopes: slopes.map((s) => s + slope), curvatures: curvatures.map((c) => c + curvature) };
      });
    },
    async plane(d1, d2, points, options = {}) {
      // ‖θ + α·d₁ + β·d₂‖² from six inner products, in float64.
      const first = { t: dot(theta, d1), d: dot(d1, d1) };
      const second = d2 ? { t: dot(theta, d2), d: dot(d2, d2), cross: dot(d1, d2) } : { t: 0, d: 0, cross: 0 };
      const decay = ({ alpha, beta }: { alpha: number; beta: number }) =>
        (x / 2) *
        (square +
          2 * (alpha * first.t + beta * second.t) +
          alpha * alpha * first.d +
          beta * beta * second.d +
          2 * alpha * beta * second.cross);
      const { onPoint } = options;
      const values = await objective.plane(d1, d2, points, {
        ...options,
        onPoint: onPoint && ((index, value) => onPoint(index, { ...value, loss: value.loss + decay(points[index]!) })),
      });
      return values.map((value, i) => ({ ...value, loss: value.loss + decay(points[i]!) }));
    },
    preview(batches) {
      const preview = objective.preview(batches);
      return preview && withWeightDecay(preview, x);
    },
    dispose: () => objective.dispose(),
  };
}
