import { describe, expect, it } from 'vitest';
import { linearRegression, quadratic, softmaxRegression, withProducts } from '../../test/unit/closedFormObjective';
import { gaussianVector, random } from '../numerics/random';
import type { Objective } from '../objective/objective';
import { checksThat } from '../report/checkState';
import { verifyObjective } from './verifyObjective';

const source = random(3, 'verify test');
const features = 6;
const classes = 4;
const rows = Array.from({ length: 40 }, () => [...gaussianVector(features, source)]);
const theta = [...gaussianVector(classes * (features + 1), source)];
const softmax = () =>
  softmaxRegression(
    rows,
    rows.map((_, i) => i % classes),
    classes,
    theta,
  );

const failed = async (objective: Objective, kinks?: string[]) =>
  (await verifyObjective(objective, { kinks })).filter(({ passed }) => !passed).map(({ name }) => name);
const times = (factor: number, vectors: readonly Float32Array[]) =>
  vectors.map((v) => v.map((value) => factor * value));

describe('the derivatives of a correct objective', () => {
  it.each([
    ['softmax regression', softmax()],
    [
      'linear regression',
      linearRegression(
        rows,
        rows.map((row) => row[0] - row[1]),
        [1, 2, 3, 4, 5, 6],
      ),
    ],
    [
      'a saddle at the origin',
      quadratic(
        [
          [0, 2],
          [2, 0],
        ],
        [0, 0],
        { c: 3 },
      ),
    ],
    [
      'a badly scaled bowl',
      quadratic(
        [
          [1e4, 0],
          [0, 1e-4],
        ],
        [1, -1],
      ),
    ],
  ])('pass for %s', async (_, objective) => {
    const checks = await verifyObjective(objective);
    expect(checks.filter(({ passed, name }) => !passed && name !== 'Gauss-Newton sign')).toEqual([]);
    expect(checks).toHaveLength(18);
  });
});

const inForwardMode = (name: string) => [1, 2, 3].map((i) => `${name}, direction ${i}`);

describe('the checks find a fault', () => {
  const objective = softmax();

  it('in one tensor of the gradient', async () => {
    const bias = objective.parameters[1];
    const gradient = async () => {
      const g = await objective.gradient();
      g.subarray(bias.offset).fill(0);
      return g;
    };
    // The missing entries do not show along the given gradient itself.
    expect(await failed({ ...objective, gradient })).toEqual(['gradient, direction 2', 'gradient, direction 3']);
  });

  it('of one per cent in the gradient, even with kinks', async () => {
    const gradient = async () => times(1.01, [await objective.gradient()])[0];
    for (const kinks of [[], ['Relu']]) {
      expect(await failed({ ...objective, gradient }, kinks)).toContain('gradient, direction 1');
    }
  });

  it('of three per cent in the Hessian', async () => {
    // Along the gradient the loss bends too much for differences to show such a small fault, but forward mode shows it.
    expect(await failed(withProducts(objective, 'hessian', (products) => times(1.03, products)))).toEqual([
      'curvature, direction 2',
      'curvature, direction 3',
      ...inForwardMode('forward mode'),
    ]);
  });

  it('of 0.01 per cent in the Hessian by forward mode, even with kinks', async () => {
    const broken = withProducts(objective, 'hessian', (products) => times(1.0001, products));
    expect(await failed(broken, ['Relu'])).toEqual(inForwardMode('forward mode'));
  });

  it('in a product that is not symmetric, or not linear', async () => {
    const skewed = withProducts(objective, 'hessian', (products, vectors) =>
      products.map((product, k) => product.map((value, i) => value + (i === 0 ? 0.01 * vectors[k][1] : 0))),
    );
    expect(await failed(skewed, ['Relu'])).toEqual([...inForwardMode('forward mode'), 'Hessian symmetry']);
    const blockwise = withProducts(objective, 'hessian', (products) =>
      times(products.length > 1 ? 1.001 : 1, products),
    );
    expect(await failed(blockwise, ['Relu'])).toEqual([...inForwardMode('forward mode'), 'Hessian linearity']);
  });

  it('in a Gauss-Newton matrix that is not positive', async () => {
    const negative = withProducts(objective, 'gaussNewton', (products) => times(-1, products));
    expect(await failed(negative)).toEqual([...inForwardMode('forward mode of G'), 'Gauss-Newton sign']);
  });

  it('in a gradient that changes between calls, and in NaN', async () => {
    let calls = 0;
    const gradient = async () => times(1 + 1e-4 * calls++, [await objective.gradient()])[0];
    expect(await failed({ ...objective, gradient })).toEqual(['repetition']);
    const broken = async () => times(NaN, [await objective.gradient()])[0];
    expect(await failed({ ...objective, gradient: broken })).toContain('gradient, direction 1');
  });

  it('in a line that does not pass through the model', async () => {
    const plane: Objective['plane'] = async (...args) =>
      (await objective.plane(...args)).map((value) => ({ ...value, loss: value.loss + 1e-3 }));
    expect(await failed({ ...objective, plane })).toEqual(['centre of a line']);
  });
});

/**
 * Makes L = mean |tᵢ + cᵢ·α|. On the piece that α = 0 lies on, its slope is mean cᵢ·sign tᵢ and its curvature is 0.
 * Some terms are large, two have their kink at α = 0 and one very near it, so differences of L converge to other
 * values.
 */
function kinked(): { objective: Objective; slope: number } {
  const points = Array.from({ length: 40 }, () => [source.normal(), source.normal()] as const);
  points.push([0, 30], [0, -10], [1e-4, 20]);
  const mean = (terms: number[]) => terms.reduce((sum, term) => sum + term, 0) / points.length;
  const lossAt = (alpha: number) => mean(points.map(([t, c]) => Math.abs(t + c * alpha)));
  const pieceAt = (alpha: number) => mean(points.map(([t, c]) => Math.sign(t) * (t + c * alpha)));
  const slope = mean(points.map(([t, c]) => c * Math.sign(t)));
  const objective: Objective = {
    ...quadratic([[0]], [1]),
    value: () => Promise.resolve({ loss: lossAt(0), accuracy: NaN, standardError: 0 }),
    gradient: () => Promise.resolve(Float32Array.of(slope)),
    plane: (d, _, at, { piece } = {}) =>
      Promise.resolve(at.map(({ alpha }) => ({ loss: (piece ? pieceAt : lossAt)(alpha * d[0]), accuracy: NaN }))),
  };
  return { objective, slope };
}

describe('with kinks, verification', () => {
  it('takes first and second differences of the smooth piece, and says so', async () => {
    const checks = await verifyObjective(kinked().objective, { kinks: ['Abs'] });
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(checks.filter(({ name }) => name.startsWith('curvature'))).toHaveLength(3);
    expect(checks[0].detail).toMatch(/differences of the smooth piece at θ, on which Abs choose/);
    // Without the smooth piece the check stays unjudged, because second differences at a kink grow without bound.
    const smooth = await verifyObjective(kinked().objective);
    expect(checksThat('failed', smooth)).toEqual([]);
    expect(checksThat('unjudged', smooth).map(({ name }) => name)).toContain('curvature, direction 1');
  });

  it('finds a wrong gradient and a piece that differs from the loss', async () => {
    const { objective, slope } = kinked();
    const wrong = { ...objective, gradient: () => Promise.resolve(Float32Array.of(1.01 * slope)) };
    expect(await failed(wrong, ['Abs'])).toContain('gradient, direction 1');
    const plane: Objective['plane'] = async (d1, d2, points, options = {}) =>
      (await objective.plane(d1, d2, points, options)).map((value) => ({
        ...value,
        loss: value.loss + (options.piece ? 0.01 : 0),
      }));
    expect(await failed({ ...objective, plane }, ['Abs'])).toEqual(['centre of the smooth piece']);
  });
});

describe('numbers near the lower limit of float32', () => {
  /** Scales the loss and derivatives of the softmax down. Values below the smallest normal float32 become zero. */
  const small = (factor: number): Objective => {
    const objective = softmax();
    const flush = (v: Float32Array) => v.map((value) => (Math.abs(factor * value) < 2 ** -126 ? 0 : factor * value));
    return {
      ...objective,
      value: async () => ({ ...(await objective.value()), loss: factor * (await objective.value()).loss }),
      gradient: async () => flush(await objective.gradient()),
      products: async (...asked) => (await objective.products(...asked)).map(flush),
      curvatures: async (...args) =>
        (await objective.curvatures(...args)).map(({ slopes, curvatures }) => ({
          slopes: slopes.map((slope) => factor * slope),
          curvatures: curvatures.map((curvature) => factor * curvature),
        })),
      plane: async (...args) =>
        (await objective.plane(...args)).map((value) => ({ ...value, loss: factor * value.loss })),
    };
  };

  it.each([1e-36, 1e-38, 1e-130])('pass at scale %d, where some or all are flushed to zero', async (factor) => {
    expect(await failed(small(factor))).toEqual([]);
  });

  it('do not hide a wrong product while they are still normal', async () => {
    const objective = small(1e-20);
    const broken = withProducts(objective, 'hessian', (products) => times(1.0001, products));
    expect(await failed(objective)).toEqual([]);
    expect(await failed(broken)).toEqual(inForwardMode('forward mode'));
  });
});

it('stops when aborted', async () => {
  await expect(verifyObjective(softmax(), { signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  });
});
