import { axpy, dot } from '../../numerics/vectors';
import { displaced } from '../displaced';
import type { Displacement, Objective, ParameterTensor, PlanePoint } from '../objective';
import { layer } from './layer';

/**
 * L(θ) + x/2·‖θ‖²: the function that SGD minimizes with PyTorch's weight_decay = x. The gradient gains x·θ, products
 * with the Hessian and the Gauss-Newton matrix gain x·v, and the loss of each sample gains x/2·‖θ‖². As in PyTorch, the
 * decay covers all of θ, including biases. Running statistics, which follow the parameters in a wide objective, do not
 * decay.
 */
export function withWeightDecay(objective: Objective, x: number): Objective {
  if (x === 0) return objective;
  const decaying = parameterCount(objective.parameters);
  const of = (vector: Float32Array) => vector.subarray(0, decaying);
  const theta = of(objective.theta);
  const square = dot(theta, theta);
  const pointOf = (at?: Displacement) => (at ? of(displaced(objective.theta, at)) : theta);
  return layer(objective, {
    async value(asked) {
      const value = await objective.value(asked);
      const decay = asked?.at ? decayOn(asked.at.d1, asked.at.d2)(asked.at) : (x / 2) * square;
      return { ...value, loss: value.loss + decay };
    },
    async gradient(asked = {}) {
      const { onBatch } = asked;
      const point = pointOf(asked.at);
      const decayed = (gradient: Float32Array) => {
        const result = Float32Array.from(gradient);
        axpy(x, point, of(result));
        return result;
      };
      return decayed(
        await objective.gradient({
          ...asked,
          onBatch: onBatch && ((gradient, samples) => onBatch(decayed(gradient), samples)),
        }),
      );
    },
    async products(kind, vectors, asked) {
      const products = await objective.products(kind, vectors, asked);
      products.forEach((product, i) => axpy(x, of(vectors[i]), of(product)));
      return products;
    },
    async curvatures(kind, vectors, asked) {
      const point = pointOf(asked?.at);
      const found = await objective.curvatures(kind, vectors, asked);
      return found.map(({ slopes, curvatures, ...rest }, i) => {
        const d = of(vectors[i]);
        const [slope, curvature] = [x * dot(point, d), x * dot(d, d)];
        return { ...rest, slopes: slopes.map((s) => s + slope), curvatures: curvatures.map((c) => c + curvature) };
      });
    },
    // The decay belongs to no sample.
    perSample: objective.perSample,
    // The decay is the same for all samples, so it cancels in gᵢ − g.
    deviations(gradient, most, signal) {
      const ofData = Float32Array.from(gradient);
      axpy(-x, theta, of(ofData));
      return objective.deviations(ofData, most, signal);
    },
    // Weight decay reaches the parameters directly and nothing inside the network.
    inside: objective.inside,
    async plane(d1, d2, points, asked = {}) {
      const decay = decayOn(d1, d2);
      const { onPoint } = asked;
      const values = await objective.plane(d1, d2, points, {
        ...asked,
        onPoint: onPoint && ((index, value) => onPoint(index, { ...value, loss: value.loss + decay(points[index]) })),
      });
      return values.map((value, i) => ({ ...value, loss: value.loss + decay(points[i]) }));
    },
    preview(batches) {
      const preview = objective.preview(batches);
      return preview && withWeightDecay(preview, x);
    },
  });

  /** Computes x/2·‖θ + α·d₁ + β·d₂‖² from six inner products, in float64. */
  function decayOn(x1: Float32Array, x2: Float32Array | null): (point: PlanePoint) => number {
    const [d1, d2] = [of(x1), x2 && of(x2)];
    const first = { t: dot(theta, d1), d: dot(d1, d1) };
    const second = d2 ? { t: dot(theta, d2), d: dot(d2, d2), cross: dot(d1, d2) } : { t: 0, d: 0, cross: 0 };
    return ({ alpha, beta }) =>
      (x / 2) *
      (square +
        2 * (alpha * first.t + beta * second.t) +
        alpha * alpha * first.d +
        beta * beta * second.d +
        2 * alpha * beta * second.cross);
  }
}

/** Length of the leading part of θ that holds parameters. */
function parameterCount(parameters: readonly ParameterTensor[]): number {
  return parameters.reduce((sum, { count, statistic }) => sum + (statistic ? 0 : count), 0);
}
