import type {
  ClassedAnswers,
  Displacement,
  LossValue,
  Objective,
  ParameterTensor,
  ProductKind,
} from '../../src/objective/objective';
import { standardError } from '../../src/numerics/statistics';

/**
 * Objectives whose derivatives are written out by hand in float64. They test the algorithms that use an `Objective`.
 * A model here is a function of θ [dim] with per-sample losses; everything else follows from its closed forms.
 */
interface ClosedForm {
  parameters: readonly ParameterTensor[];
  theta: Float32Array;
  samples: number;
  lossOf(theta: Float64Array, sample: number): number;
  accuracyAt?(theta: Float64Array): number;
  /** The probability of each sample's predicted class, and whether it is right. */
  answersAt?(theta: Float64Array): { p: number; right: boolean }[];
  gradientAt(theta: Float64Array): Float64Array;
  hvpAt(theta: Float64Array, v: Float64Array): Float64Array;
  ggnvpAt(theta: Float64Array, v: Float64Array): Float64Array;
  /** Slope and curvature of one sample's loss along v. In all models here the Gauss-Newton matrix is the Hessian. */
  alongAt(theta: Float64Array, v: Float64Array, sample: number): { slope: number; curvature: number };
  /** The same objective on the first samples only. */
  first?(samples: number): CountedObjective;
}

/** An objective that counts its calls, for tests of cost. */
export interface CountedObjective extends Objective {
  readonly counts: { hvp: number; ggnvp: number; curvatures: number; losses: number };
}

/** The objective with the products of one matrix changed, as a fault would change them. */
export function withProducts<O extends Objective>(
  objective: O,
  kind: ProductKind,
  change: (products: Float32Array[], vectors: readonly Float32Array[]) => Float32Array[],
): O {
  const products: Objective['products'] = async (asked, vectors, options) => {
    const right = await objective.products(asked, vectors, options);
    return asked === kind ? change(right, vectors) : right;
  };
  return { ...objective, products };
}

function closedForm(form: ClosedForm, batchSize = form.samples): CountedObjective {
  const theta = Float64Array.from(form.theta);
  const pointOf = (at?: Displacement) =>
    at ? theta.map((t, i) => t + at.alpha * at.d1[i] + (at.d2 ? at.beta * at.d2[i] : 0)) : theta;
  const counts = { hvp: 0, ggnvp: 0, curvatures: 0, losses: 0 };
  const lossesAt = (at: Float64Array) => Array.from({ length: form.samples }, (_, n) => form.lossOf(at, n));
  const valueAt = (at: Float64Array): LossValue => ({
    loss: lossesAt(at).reduce((a, b) => a + b, 0) / form.samples,
    accuracy: form.accuracyAt?.(at) ?? NaN,
  });
  return {
    dim: theta.length,
    parameters: form.parameters,
    theta: form.theta,
    samples: form.samples,
    block: 8,
    overlapping: false,
    counts,
    value: ({ at } = {}) => {
      const point = pointOf(at);
      return Promise.resolve({ ...valueAt(point), standardError: standardError(lossesAt(point)) });
    },
    gradient: ({ at } = {}) => Promise.resolve(Float32Array.from(form.gradientAt(pointOf(at)))),
    products: (kind, vectors, { signal, at } = {}) => {
      signal?.throwIfAborted();
      counts[kind === 'hessian' ? 'hvp' : 'ggnvp'] += vectors.length;
      const [point, product] = [pointOf(at), kind === 'hessian' ? form.hvpAt : form.ggnvpAt];
      return Promise.resolve(vectors.map((v) => Float32Array.from(product(point, Float64Array.from(v)))));
    },
    curvatures: (_, vectors, { signal, at } = {}) => {
      signal?.throwIfAborted();
      counts.curvatures += vectors.length;
      return Promise.resolve(
        vectors.map((vector) => {
          const v = Float64Array.from(vector);
          const along = Array.from({ length: form.samples }, (_, n) => form.alongAt(pointOf(at), v, n));
          return {
            slopes: Float64Array.from(along, ({ slope }) => slope),
            curvatures: Float64Array.from(along, ({ curvature }) => curvature),
          };
        }),
      );
    },
    inside: () => Promise.resolve(null),
    perSample: ({ at } = {}) => {
      const point = pointOf(at);
      const shares = new Float64Array(form.samples).fill(1 / form.samples);
      const classes = form.answersAt ? classedAnswers(form.answersAt(point)) : null;
      return Promise.resolve({ losses: Float64Array.from(lossesAt(point)), shares, classes });
    },
    deviations: (gradient, most) => {
      const count = Math.min(most, form.samples);
      const units = Array.from(theta, (_, k) => Float64Array.from(theta, (_, j) => Number(j === k)));
      const squares = Float64Array.from({ length: count }, (_, i) => {
        const sample = Math.floor((i * form.samples) / count);
        return units.reduce((sum, e, k) => sum + (form.alongAt(theta, e, sample).slope - gradient[k]) ** 2, 0);
      });
      return Promise.resolve(squares);
    },
    preview: (batches) => {
      const samples = batches * batchSize;
      return form.first && samples < form.samples ? form.first(samples) : null;
    },
    async plane(d1, d2, points, { signal, onPoint } = {}) {
      const values: LossValue[] = [];
      for (const [index, { alpha, beta }] of points.entries()) {
        await Promise.resolve();
        signal?.throwIfAborted();
        counts.losses++;
        const value = valueAt(pointOf({ d1, d2, alpha, beta }));
        values.push(value);
        onPoint?.(index, value);
      }
      return values;
    },
    dispose: () => Promise.resolve(),
  };
}

/** Sorts one answer per sample into fifteen bins of confidence. */
function classedAnswers(answers: readonly { p: number; right: boolean }[]): ClassedAnswers {
  const inBin = (m: number) => answers.filter(({ p }) => p > m / 15 && p <= (m + 1) / 15);
  const perBin = (sum: (answer: { p: number; right: boolean }) => number) =>
    Float64Array.from({ length: 15 }, (_, m) => inBin(m).reduce((total, answer) => total + sum(answer), 0));
  const share = 1 / answers.length;
  return {
    errors: Float64Array.from(answers, ({ right }) => (right ? 0 : 1)),
    confidence: Float64Array.from(answers, ({ p }) => p),
    bins: {
      counts: perBin(() => 1),
      weights: perBin(() => share),
      confidence: perBin(({ p }) => share * p),
      right: perBin(({ right }) => (right ? share : 0)),
      squares: perBin(({ p, right }) => share * ((right ? 1 : 0) - p) ** 2),
    },
  };
}

/**
 * L(θ) = c + bᵀθ + ½ θᵀAθ with A symmetric [dim][dim]: gradient b + Aθ, Hessian A, one sample. The Gauss-Newton matrix
 * is taken to be A too, so keep A positive semidefinite where that matters.
 */
export function quadratic(
  a: readonly (readonly number[])[],
  theta: readonly number[],
  { b, c = 0 }: { b?: readonly number[]; c?: number } = {},
): CountedObjective {
  const times = (v: Float64Array) => Float64Array.from(a, (row) => inner(row, v));
  const gradientAt = (at: Float64Array) => times(at).map((value, i) => value + (b?.[i] ?? 0));
  return closedForm({
    parameters: [{ name: 'theta', shape: [theta.length], offset: 0, count: theta.length, filters: null }],
    theta: Float32Array.from(theta),
    samples: 1,
    lossOf: (at) => c + (b ? inner(b, at) : 0) + inner(at, times(at)) / 2,
    gradientAt,
    hvpAt: (_, v) => times(v),
    ggnvpAt: (_, v) => times(v),
    alongAt: (at, v) => ({ slope: inner(gradientAt(at), v), curvature: inner(v, times(v)) }),
  });
}

/** Any L(θ) of one sample with its gradient. It has no products; ask for none. */
export function functionOf(
  theta: readonly number[],
  lossOf: (at: Float64Array) => number,
  gradientAt: (at: Float64Array) => readonly number[],
  parameters: readonly ParameterTensor[] = [
    { name: 'theta', shape: [theta.length], offset: 0, count: theta.length, filters: null },
  ],
): CountedObjective {
  const none = () => {
    throw new Error('This function has no second derivatives.');
  };
  return closedForm({
    parameters,
    theta: Float32Array.from(theta),
    samples: 1,
    lossOf,
    gradientAt: (at) => Float64Array.from(gradientAt(at)),
    hvpAt: none,
    ggnvpAt: none,
    alongAt: none,
  });
}

/** L(θ) = 1/N Σₙ (xₙᵀθ − yₙ)²: gradient (2/N)·Xᵀ(Xθ − y), Hessian and Gauss-Newton matrix (2/N)·XᵀX. */
export function linearRegression(
  x: readonly (readonly number[])[],
  y: readonly number[],
  theta: readonly number[],
  batchSize?: number,
): CountedObjective {
  const n = x.length;
  const dim = theta.length;
  const hvp = (v: Float64Array) =>
    scaledTransposed(
      x,
      x.map((row) => inner(row, v)),
      2 / n,
    );
  const form: ClosedForm = {
    parameters: [
      { name: 'weight', shape: [1, dim], offset: 0, count: dim, filters: { outer: 1, filters: 1, inner: dim } },
    ],
    theta: Float32Array.from(theta),
    samples: n,
    lossOf: (at, i) => (inner(x[i], at) - y[i]) ** 2,
    gradientAt: (at) =>
      scaledTransposed(
        x,
        x.map((row, i) => inner(row, at) - y[i]),
        2 / n,
      ),
    hvpAt: (_, v) => hvp(v),
    ggnvpAt: (_, v) => hvp(v),
    alongAt: (at, v, i) => {
      const slope = inner(x[i], v);
      return { slope: 2 * (inner(x[i], at) - y[i]) * slope, curvature: 2 * slope ** 2 };
    },
    first: (count) => linearRegression(x.slice(0, count), y.slice(0, count), theta, batchSize),
  };
  return closedForm(form, batchSize);
}

/**
 * Softmax regression: z = W·x + b with W [classes, features], θ = (W, b), L = 1/N Σₙ (log Σ eᶻ − z_label).
 *   Hessian = Gauss-Newton = 1/N Σₙ (diag p − ppᵀ) ⊗ x̃x̃ᵀ,  x̃ = (x, 1), p = softmax z
 */
export function softmaxRegression(
  x: readonly (readonly number[])[],
  labels: readonly number[],
  classes: number,
  theta: readonly number[],
  batchSize?: number,
): CountedObjective {
  const n = x.length;
  const features = x[0].length;
  const logits = (at: Float64Array, row: readonly number[]) =>
    Float64Array.from({ length: classes }, (_, k) => {
      const weights = at.subarray(k * features, (k + 1) * features);
      return inner(row, weights) + at[classes * features + k];
    });
  const accumulate = (coefficients: (i: number) => Float64Array) => {
    const result = new Float64Array(theta.length);
    x.forEach((row, i) => {
      coefficients(i).forEach((coefficient, k) => {
        row.forEach((value, j) => (result[k * features + j] += (coefficient * value) / n));
        result[classes * features + k] += coefficient / n;
      });
    });
    return result;
  };
  const hvp = (at: Float64Array, v: Float64Array) =>
    accumulate((i) => {
      const p = softmax(logits(at, x[i]));
      const zDot = logits(v, x[i]);
      const expected = inner(p, zDot);
      return p.map((value, k) => value * (zDot[k] - expected));
    });
  const form: ClosedForm = {
    parameters: [
      {
        name: 'weight',
        shape: [classes, features],
        offset: 0,
        count: classes * features,
        filters: { outer: 1, filters: classes, inner: features },
      },
      { name: 'bias', shape: [classes], offset: classes * features, count: classes, filters: null },
    ],
    theta: Float32Array.from(theta),
    samples: n,
    lossOf: (at, i) => {
      const z = logits(at, x[i]);
      const highest = Math.max(...z);
      return highest + Math.log(z.reduce((total, value) => total + Math.exp(value - highest), 0)) - z[labels[i]];
    },
    accuracyAt: (at) => {
      const right = x.filter((row, i) => {
        const z = logits(at, row);
        return z.indexOf(Math.max(...z)) === labels[i];
      });
      return right.length / n;
    },
    answersAt: (at) =>
      x.map((row, i) => {
        const p = softmax(logits(at, row));
        const highest = Math.max(...p);
        return { p: highest, right: p.indexOf(highest) === labels[i] };
      }),
    gradientAt: (at) => accumulate((i) => softmax(logits(at, x[i])).map((p, k) => p - (k === labels[i] ? 1 : 0))),
    hvpAt: hvp,
    ggnvpAt: hvp,
    alongAt: (at, v, i) => {
      const p = softmax(logits(at, x[i]));
      const zDot = logits(v, x[i]);
      const expected = inner(p, zDot);
      return {
        slope: expected - zDot[labels[i]],
        curvature: inner(
          p,
          zDot.map((z) => (z - expected) ** 2),
        ),
      };
    },
    first: (count) => softmaxRegression(x.slice(0, count), labels.slice(0, count), classes, theta, batchSize),
  };
  return closedForm(form, batchSize);
}

function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}

function scaledTransposed(
  rows: readonly (readonly number[])[],
  weights: readonly number[],
  factor: number,
): Float64Array {
  const result = new Float64Array(rows[0].length);
  rows.forEach((row, i) => row.forEach((value, j) => (result[j] += factor * weights[i] * value)));
  return result;
}

function softmax(z: Float64Array): Float64Array {
  const highest = Math.max(...z);
  const exponentials = z.map((value) => Math.exp(value - highest));
  const total = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((value) => value / total);
}
