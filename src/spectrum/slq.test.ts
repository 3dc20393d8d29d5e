import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { known, rotated } from '../../test/unit/symmetricOperators';
import { gaussianVector, random } from '../numerics/random';
import { densityFromRitz } from '../report/density';
import type { SymmetricOperator } from './operator';
import { countFromRitz, slq } from './slq';

const eigenvalues = [
  ...Array.from({ length: 30 }, (_, i) => 10 * 0.8 ** i),
  ...Array.from({ length: 30 }, (_, i) => -2 * 0.8 ** i),
  ...Array.from({ length: 1940 }, (_, i) => 0.02 * Math.sin(i)),
];

/** ∫ |p − q| over p's grid. */
function l1(lambda: readonly number[], p: readonly number[], q: (x: number) => number): number {
  const spacing = lambda[1] - lambda[0];
  return lambda.reduce((total, x, i) => total + Math.abs(p[i] - q(x)) * spacing, 0);
}

function smoothed(spectrum: readonly number[], sigma: number) {
  return (x: number) =>
    spectrum.reduce((total, value) => total + Math.exp(-0.5 * ((x - value) / sigma) ** 2), 0) /
    (spectrum.length * sigma * Math.sqrt(2 * Math.PI));
}

test('each probe is a quadrature: weights sum to 1, moments are those of the spectrum', async () => {
  const op = rotated(eigenvalues);
  const { ritz, products, reorthogonalised } = await slq(op, { probes: 12, steps: 40, seed: 1 });
  expect(products).toBe(480);
  expect(op.products).toBe(480);
  expect(op.calls).toEqual(new Array<number>(80).fill(6));
  expect(reorthogonalised).toBe(true);
  ritz.forEach(({ weights, nodes }) => {
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10);
    expect(nodes[0]).toBeGreaterThanOrEqual(op.eigenvalues[0] - 1e-5);
    expect(nodes.at(-1)).toBeLessThanOrEqual(op.eigenvalues.at(-1)! + 1e-5);
  });
  for (const power of [1, 2, 3]) {
    const truth = eigenvalues.reduce((total, value) => total + value ** power, 0) / op.dim;
    const each = ritz.map(({ nodes, weights }) => nodes.reduce((t, node, i) => t + weights[i] * node ** power, 0));
    const mean = each.reduce((a, b) => a + b, 0) / each.length;
    const spread = Math.sqrt(each.reduce((t, value) => t + (value - mean) ** 2, 0) / 11 / 12);
    expect(Math.abs(mean - truth)).toBeLessThan(3.5 * spread);
  }
});

test('the density is close to the exact one of the same width, and integrates to 1', async () => {
  const { ritz } = await slq(rotated(eigenvalues), { probes: 8, steps: 60, seed: 1 });
  const { lambda, density, sigma } = densityFromRitz(ritz);
  expect(l1(lambda, density, () => 0)).toBeCloseTo(1, 3);
  expect(l1(lambda, density, smoothed(eigenvalues, sigma))).toBeLessThan(0.05);
});

test.each(['mlp_digits', 'mlp_digits_untrained'])(
  'the density of a real network (%s) is within 0.05 of the exact one',
  async (name) => {
    const file = new URL(`../../test/fixtures/${name}/reference.json`, import.meta.url);
    const { eigenvalues_all: spectrum } = JSON.parse(readFileSync(file, 'utf8')) as { eigenvalues_all: number[] };
    const { ritz } = await slq(rotated(spectrum), { probes: 4, steps: 60, seed: 1 });
    const { lambda, density, sigma } = densityFromRitz(ritz);
    expect(l1(lambda, density, () => 0)).toBeCloseTo(1, 3);
    expect(l1(lambda, density, smoothed(spectrum, sigma))).toBeLessThan(0.05);
  },
);

test('a Wishart spectrum has the density of Marchenko and Pastur', async () => {
  const [dim, samples] = [500, 1000];
  const rows = Array.from({ length: samples }, (_, n) => gaussianVector(dim, random(3, 'row', n)));
  const op = {
    dim,
    apply: (vectors: readonly Float32Array[]) =>
      Promise.resolve(
        vectors.map((v) => {
          const image = new Float64Array(dim);
          for (const row of rows) {
            let along = 0;
            for (let i = 0; i < dim; i++) along += row[i] * v[i];
            for (let i = 0; i < dim; i++) image[i] += (along * row[i]) / samples;
          }
          return Float32Array.from(image);
        }),
      ),
  };
  const { ritz, trace } = await slq(op, { probes: 8, steps: 25, seed: 1 });
  const ratio = dim / samples;
  const [from, to] = [(1 - Math.sqrt(ratio)) ** 2, (1 + Math.sqrt(ratio)) ** 2];
  const law = (x: number) => (x <= from || x >= to ? 0 : Math.sqrt((to - x) * (x - from)) / (2 * Math.PI * ratio * x));
  const grid = Array.from({ length: 4000 }, (_, i) => from + ((i + 0.5) / 4000) * (to - from));
  const { lambda, density, sigma } = densityFromRitz(ritz);
  const smoothedLaw = (x: number) =>
    grid.reduce((total, y) => total + law(y) * Math.exp(-0.5 * ((x - y) / sigma) ** 2), 0) *
    ((to - from) / 4000 / (sigma * Math.sqrt(2 * Math.PI)));
  expect(l1(lambda, density, smoothedLaw)).toBeLessThan(0.06);
  expect(Math.abs(trace.value - dim)).toBeLessThan(3.5 * trace.standardError + 0.02 * dim);
});

test.each(['rademacher', 'gaussian'] as const)(
  '%s probes give the trace within their standard error',
  async (distribution) => {
    let covered = 0;
    for (let seed = 0; seed < 50; seed++) {
      const op = rotated(eigenvalues.slice(0, 300), seed);
      const { trace } = await slq(op, { probes: 24, steps: 1, seed, distribution });
      if (Math.abs(trace.value - op.trace) <= 2 * trace.standardError) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(45);
  },
);

test('a smaller memory budget runs fewer probes at once and changes nothing else', async () => {
  const roomy = await slq(rotated(eigenvalues), { probes: 4, steps: 30, seed: 1 });
  const op = rotated(eigenvalues);
  const tight = await slq(op, { probes: 4, steps: 30, seed: 1, memoryBytes: 4 * 2000 * 31 * 2 });
  expect(Math.max(...op.calls)).toBe(2);
  expect(tight.ritz).toEqual(roomy.ritz);
  expect(tight.krylov).toBeNull();
  expect(roomy.krylov).not.toBeNull();
});

test('a memory budget for no basis at all still gives the density, and says so', async () => {
  const op = rotated(eigenvalues);
  const { ritz, reorthogonalised } = await slq(op, { probes: 8, steps: 60, seed: 1, memoryBytes: 4 * 2000 * 20 });
  expect(reorthogonalised).toBe(false);
  const { lambda, density, sigma } = densityFromRitz(ritz);
  expect(l1(lambda, density, () => 0)).toBeCloseTo(1, 3);
  expect(l1(lambda, density, smoothed(eigenvalues, sigma))).toBeLessThan(0.05);
});

test.each([
  ['the zero operator', new Array<number>(300).fill(0), [0]],
  ['the identity', new Array<number>(300).fill(1), [1]],
  ['two values', [...new Array<number>(100).fill(-1), ...new Array<number>(200).fill(2)], [-1, 2]],
  ['dim 1', [7], [7]],
  ['dim 2', [1, -1], [-1, 1]],
])('an invariant subspace ends a run early with an exact quadrature: %s', async (_, spectrum, distinct) => {
  const { ritz } = await slq(rotated(spectrum), { probes: 3, steps: 20, seed: 1 });
  ritz.forEach(({ nodes, weights }) => {
    nodes.forEach((node) => expect(Math.min(...distinct.map((value) => Math.abs(node - value)))).toBeLessThan(1e-5));
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10);
  });
});

test('eigenvalues below a bound are counted with their standard error', async () => {
  const op = rotated(eigenvalues);
  const { ritz } = await slq(op, { probes: 16, steps: 60, seed: 1 });
  const truth = eigenvalues.filter((value) => value < -0.1).length;
  const { value, standardError } = countFromRitz(ritz, op.dim, 'below', -0.1);
  expect(Math.abs(value - truth)).toBeLessThan(3.5 * standardError);
  expect(countFromRitz(ritz, op.dim, 'above', -Infinity).value).toBeCloseTo(op.dim, 6);
});

test('a product that is not finite names probe and step', async () => {
  let count = 0;
  const op = known(eigenvalues, (v) => {
    const image = v.map((x, i) => x * eigenvalues[i]);
    if (++count === 3 * 4 + 2) image[0] = Infinity;
    return image;
  });
  await expect(slq(op, { probes: 4, steps: 10, seed: 1 })).rejects.toThrow('probe 2, step 4');
});

describe('with overlapping calls,', () => {
  /** Answers a little later each, and counts the calls that wait for theirs. */
  function overlapping(fault?: { call: number }) {
    const op = rotated(eigenvalues);
    const state = { underWay: 0, most: 0, calls: 0 };
    const apply: SymmetricOperator['apply'] = async (vectors) => {
      const call = ++state.calls;
      state.most = Math.max(state.most, ++state.underWay);
      const images = await op.apply(vectors);
      await new Promise((resolve) => setTimeout(resolve));
      state.underWay--;
      if (call === fault?.call) throw new Error('lost');
      return images;
    };
    return { op: { dim: op.dim, block: 4, overlapping: true, apply }, state };
  }

  test('two groups of probes alternate and give the same result as one after the other', async () => {
    const options = { probes: 12, steps: 10, seed: 1 };
    const { op, state } = overlapping();
    expect(await slq(op, options)).toEqual(await slq({ ...op, overlapping: false }, options));
    expect(state).toEqual({ underWay: 0, most: 2, calls: 60 });
  });

  test('as many probes as fit at once form two groups, and fewer form one', async () => {
    const ten = overlapping();
    await slq({ ...ten.op, block: 10 }, { probes: 10, steps: 6, seed: 1 });
    expect(ten.state).toEqual({ underWay: 0, most: 2, calls: 12 });
    const four = overlapping();
    await slq({ ...four.op, block: 10 }, { probes: 4, steps: 6, seed: 1 });
    expect(four.state).toEqual({ underWay: 0, most: 1, calls: 6 });
  });

  test('groups do not overlap if their bases do not fit together', async () => {
    const { op, state } = overlapping();
    await slq(op, { probes: 8, steps: 10, seed: 1, memoryBytes: 7 * 11 * 4 * op.dim });
    expect(state.most).toBe(1);
  });

  test('when products of one group fail, those of the other still end first', async () => {
    const { op, state } = overlapping({ call: 5 });
    await expect(slq(op, { probes: 8, steps: 10, seed: 1 })).rejects.toThrow('lost');
    expect(state).toEqual({ underWay: 0, most: 2, calls: 6 });
  });
});
