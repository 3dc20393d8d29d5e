import { describe, expect, it } from 'vitest';
import { linearRegression, quadratic, softmaxRegression, withProducts } from '../../test/unit/closedFormObjective';
import { factsOf } from '../../test/unit/factsOf';
import { gaussianVector, random } from '../numerics/random';
import type { Objective } from '../objective/objective';
import type { NumericsAsked } from '../ownGraph/numericsFound';
import { withWeightDecay } from '../objective/layers/weightDecay';
import type { AnalysisOptions } from '../options/options';
import { PRESET_NUMBERS, resolveOptions } from '../options/presets';
import type { Progress } from '../protocol/worker';
import { reportFromJson, reportToJson } from '../report/json';
import type { Report } from '../report/report';
import { analyzeObjective } from './analyzeObjective';
import type { AnalysisHooks } from './analyzeObjective';
import type { ObjectiveFacts } from './facts';
import { COMPANIONS } from './measurements/companions';
import { GGN_PROBES } from './measurements/gaussNewton';

const run = (
  objective: Objective,
  options: AnalysisOptions,
  hooks?: AnalysisHooks,
  facts?: Partial<ObjectiveFacts>,
): Promise<Report> => analyzeObjective(objective, factsOf(objective, facts), resolveOptions(options), hooks);

const source = random(7, 'test data');
const SCALES = [0.1, 1, 3, 10];
const x = Array.from({ length: 60 }, () => SCALES.map((scale) => scale * source.normal()));
const y = x.map((row) => row[1] - row[2] + 0.1 * source.normal());
const regression = () => linearRegression(x, y, [0.3, -0.2, 0.1, 0.05]);

/** A linear network that maps z to A·B·z, at the origin of its weights. The gradient is zero there: a strict saddle. */
const saddle = () =>
  quadratic(
    [
      [0, 3, 0, 0],
      [3, 0, 0, 0],
      [0, 0, 0, 1],
      [0, 0, 1, 0],
    ],
    [0, 0, 0, 0],
    { c: 5 },
  );

describe('the report of a linear regression', () => {
  it('holds every section, complete, and survives being saved', async () => {
    const report = await run(regression(), {
      preset: 'quick',
      line: ['random/none', 'gradient', 'top/1'],
      plane: ['parameters,gradient:-0.1:0.1:5'],
    });
    expect(report.complete).toBe(true);
    expect(report.lines.map(({ direction }) => direction)).toEqual(['random/none', 'gradient', 'top/1']);
    expect(report.planes.map(({ x, y }) => [x.direction, y.direction])).toEqual([['parameters', 'gradient']]);
    expect(report.diagnostics.map(({ id }) => id)).toContain('ill-conditioning');
    expect(report.timings.hvp!.count).toBeGreaterThanOrEqual(4);
    expect(report.timings.total).toBeGreaterThan(0);
    expect(reportToJson(reportFromJson(reportToJson(report)))).toBe(reportToJson(report));
  });

  it('agrees with the closed form', async () => {
    const objective = regression();
    const { gradient, spectrum, parameters } = await run(objective, { preset: 'quick', top: 2, bottom: 2 });
    const h = [0, 1, 2, 3].map((i) =>
      [0, 1, 2, 3].map((j) => (2 / x.length) * x.reduce((sum, row) => sum + row[i] * row[j], 0)),
    );
    const traceOfH = h.reduce((sum, row, i) => sum + row[i], 0);
    expect(spectrum!.hessian!.exact).toBe(true);
    expect(spectrum!.hessian!.all).toHaveLength(4);
    expect(spectrum!.hessian!.trace!.value / traceOfH).toBeCloseTo(1, 6);
    expect(spectrum!.ggn!.top.map(({ value }) => value / spectrum!.hessian!.all![3])[0]).toBeCloseTo(1, 6);
    expect(gradient!.gaussNewtonCurvature).toBe(gradient!.curvature);
    expect(parameters!.curvature! / curvature(h, [...objective.theta])).toBeCloseTo(1, 5);
  });

  it('moves along a line from the centre by multiples of the unit gradient', async () => {
    const objective = regression();
    const report = await run(objective, { line: ['gradient:-0.1:0.1:3'], only: ['lines'] });
    const g = await objective.gradient();
    const unit = g.map((value) => value / Math.hypot(...g));
    const moved = linearRegression(x, y, [...objective.theta.map((t, i) => t - 0.1 * unit[i])]);
    expect(report.lines[0].alpha).toEqual([-0.1, 0, 0.1]);
    expect(report.lines[0].loss[0]).toBeCloseTo((await moved.value()).loss, 4);
    expect(report.lines[0].loss[1]).toBe(report.objective!.loss);
    expect(report.lines[0].directionNorm).toBeCloseTo(1, 6);
  });

  it('adds weight decay to loss and curvature', async () => {
    const options = { preset: 'quick', weightDecay: 0.5 } as const;
    const plain = await run(regression(), { preset: 'quick' });
    const decayed = await run(withWeightDecay(regression(), 0.5), options);
    expect(decayed.objective!.weightDecay).toBe(0.5);
    expect(decayed.objective!.loss - plain.objective!.loss).toBeCloseTo(0.25 * plain.parameters!.norm ** 2, 8);
    decayed.spectrum!.hessian!.all!.forEach((value, i) => {
      expect(value - plain.spectrum!.hessian!.all![i]).toBeCloseTo(0.5, 4);
    });
  });
});

describe('the report of a saddle at the origin', () => {
  it('leaves the gradient line out with a warning, and keeps the constant line along θ', async () => {
    const report = await run(saddle(), { line: ['gradient', 'parameters:-1:1:3'], plane: ['random,random'] });
    expect(report.lines).toEqual([{ direction: 'parameters', alpha: [-1, 0, 1], loss: [5, 5, 5], directionNorm: 0 }]);
    expect(report.planes[0]).toMatchObject({ x: { direction: 'random/none' }, y: { direction: 'random/none' } });
    expect(report.planes[0].cosine).toBeCloseTo(0, 5);
    expect(report.warnings.join('\n')).toMatch(/«gradient» is left out: the gradient is exactly zero/);
    expect(report.warnings.join('\n')).toMatch(/«random» would move nothing.*«random\/none» is shown/);
  });

  it('is judged a saddle of index 2', async () => {
    const report = await run(saddle(), { preset: 'quick' });
    const finding = report.diagnostics.find(({ id }) => id === 'saddle')!;
    expect(finding).toMatchObject({ verdict: 'present', severity: 'high' });
    expect(finding.summary).toContain('of index 2:');
    expect(report.spectrum!.hessian!.bottom.map(({ value }) => value)).toEqual(
      [-3, -1, 1].map((v) => expect.closeTo(v, 5) as number),
    );
  });
});

describe('a spectrum too large to be formed', () => {
  const features = 40;
  const classes = 8;
  const rows = Array.from({ length: 50 }, () => [...gaussianVector(features, source)]);
  const labels = rows.map((_, i) => i % classes);
  const theta = [...gaussianVector(classes * (features + 1), source)].map((value) => 0.1 * value);
  const objective = () => softmaxRegression(rows, labels, classes, theta);
  const options = { only: ['spectrum', 'ggn'], top: 4, bottom: 2 } as const;

  it('has certified ends, density and trace', async () => {
    const report = await run(
      objective(),
      { ...options, only: [...options.only] },
      {},
      { function: 'cross_entropy', classes },
    );
    const { hessian, ggn } = report.spectrum!;
    expect(hessian!.exact).toBeUndefined();
    const lambdaMax = hessian!.top[0].value;
    hessian!.top.forEach(({ value, residual }, i) => {
      // H = G for a linear model, so two independent runs must agree within their stated errors.
      const other = ggn!.top[i];
      expect(Math.abs(value - other.value)).toBeLessThanOrEqual(
        residual + other.residual + hessian!.noiseFloor + ggn!.noiseFloor,
      );
      expect(residual).toBeLessThan(1e-3 * lambdaMax);
    });
    expect(ggn!.top).toHaveLength(5);
    expect(hessian!.certifiedNegative).toBe(0);
    const { lambda, density } = hessian!.density!;
    expect(density.reduce((sum, p) => sum + p, 0) * (lambda[1] - lambda[0])).toBeCloseTo(1, 3);
    expect(hessian!.ritz).toHaveLength(PRESET_NUMBERS.standard.probes);
    const identity = await objective().products(
      'hessian',
      Array.from({ length: theta.length }, (_, i) => Float32Array.from(theta, (__, j) => (i === j ? 1 : 0))),
    );
    const trace = identity.reduce((sum, column, i) => sum + column[i], 0);
    expect(Math.abs(hessian!.trace!.value - trace)).toBeLessThan(3 * hessian!.trace!.standardError);
    expect(hessian!.trace!.probes).toBeGreaterThanOrEqual(12);
  });

  it('counts the products it took', async () => {
    const counting = objective();
    const report = await run(counting, { ...options, only: [...options.only] });
    expect(report.timings.hvp!.count).toBe(counting.counts.hvp);
    expect(report.timings.ggnvp!.count).toBe(counting.counts.ggnvp);
    // The comparison of H with G and the scale-invariant curvature need additional products.
    const { difference } = GGN_PROBES.standard;
    const others = difference + COMPANIONS.standard.directions + counting.parameters.length;
    expect(report.spectrum!.hessian!.products).toBe(counting.counts.hvp - others);
  });
});

describe('while it runs', () => {
  it('hands out the report section by section, the picture before the spectrum, and never goes back', async () => {
    const seen: Report[] = [];
    const progress: Progress[] = [];
    const final = await run(
      regression(),
      // `exact` evaluates every point. Interpolation would complete the plane of a quadratic at once.
      { preset: 'quick', exact: true, line: ['random/none'], plane: ['random/none,random/none'] },
      {
        onPartial: (report) => seen.push(report),
        onProgress: (state) => progress.push(state),
      },
    );
    const first = (has: (report: Report) => boolean) => seen.findIndex(has);
    const order = [
      first((r) => r.objective !== undefined),
      first((r) => r.gradient !== undefined),
      first((r) => r.lines.length > 0),
      first((r) => r.planes.length > 0),
      first((r) => r.spectrum?.hessian !== undefined),
      first((r) => r.spectrum?.ggn !== undefined),
      first((r) => r.planes.length > 0 && r.planes[0].loss.length === 15),
      first((r) => r.complete),
    ];
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
    expect(seen.at(-1)).toEqual(final);
    const rows = seen.flatMap((r) => (r.planes[0] ? [r.planes[0].loss.length] : []));
    expect(rows).toEqual([...rows].sort((a, b) => a - b));
    const fractions = progress.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBeCloseTo(1, 6);
    expect(new Set(progress.map(({ stage }) => stage))).toContain('Hessian spectrum');
  });

  it('measures no point of the plane twice', async () => {
    const objective = regression();
    await run(objective, { only: ['plane'], plane: ['random/none,random/none:-1:1:15'] });
    expect(objective.counts.losses).toBe(15 * 15);
  });

  it('stops when asked, having handed out what it had', async () => {
    const controller = new AbortController();
    const seen: Report[] = [];
    const stopped = run(
      regression(),
      { preset: 'quick' },
      {
        signal: controller.signal,
        onPartial(report) {
          seen.push(report);
          if (report.gradient) controller.abort();
        },
      },
    );
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen.at(-1)).toMatchObject({ complete: false, gradient: { norm: expect.any(Number) as number } });
    expect(seen.at(-1)!.spectrum).toBeUndefined();
  });
});

describe('what cannot be measured', () => {
  it('draws losses only where an operator has no derivative', async () => {
    const report = await run(
      regression(),
      { line: ['random/none', 'gradient', 'top/1'] },
      {},
      { canDifferentiate: false, notes: ['No derivative rule for Foo.'] },
    );
    expect(report.gradient).toBeUndefined();
    expect(report.spectrum).toBeUndefined();
    expect(report.parameters!.norm).toBeGreaterThan(0);
    expect(report.lines.map(({ direction }) => direction)).toEqual(['random/none']);
    const warnings = report.warnings.join('\n');
    expect(warnings).toContain('No derivative rule for Foo.');
    expect(warnings).toContain('no gradient, no spectrum, no ggn');
    expect(warnings).toContain('«gradient» is left out: the gradient was not measured');
    expect(warnings).toContain('«top/1» is left out: eigenvectors were not measured');
  });

  it('reports a loss that is not finite, and no other verdict', async () => {
    const objective = regression();
    const broken = { ...objective, value: () => Promise.resolve({ loss: NaN, accuracy: NaN, standardError: NaN }) };
    const seen: number[] = [];
    const onProgress = ({ fraction }: { fraction: number }) => void seen.push(fraction);
    const report = reportFromJson(reportToJson(await run(broken, {}, { onProgress })));
    expect(report).toMatchObject({ complete: true, objective: { loss: NaN }, lines: [], planes: [] });
    expect([report.gradient, report.spectrum, report.checks]).toEqual([undefined, undefined, undefined]);
    expect(report.diagnostics).toMatchObject([{ id: 'numerical-trouble', verdict: 'present', severity: 'high' }]);
    expect(report.diagnostics[0].summary).toMatch(/loss of this model on this data is NaN/);
    expect(report.warnings.join()).toMatch(/gradient, curvature, lines, planes .* are left out/);
    expect(reportToJson(report)).toContain('"loss": "NaN"');
    expect(seen.at(-1)).toBe(1);
  });

  it('names the node of the graph and the sample behind a loss that is not finite', async () => {
    const objective = regression();
    const broken = { ...objective, value: () => Promise.resolve({ loss: NaN, accuracy: NaN, standardError: NaN }) };
    const asked: NumericsAsked[] = [];
    const trouble = {
      ...{ node: '/Div', operator: 'Div', problem: 'NaN' as const, from: 'ReduceSum "count"', value: NaN },
      ...{ factor: null, samples: 'sample 3', deed: 'divides 0 by 0', reaches: true },
    };
    const numerics = (request: NumericsAsked) => {
      asked.push(request);
      return Promise.resolve({
        troubles: [trouble],
        headroom: [],
        samples: 8,
        values: 5,
        notes: ['It ran in float32.'],
      });
    };
    const report = await run(broken, { preset: 'quick' }, {}, { numerics });
    expect(asked).toMatchObject([{ untilNonFinite: true }]);
    expect(report.dynamics?.numerics).toMatchObject([{ node: '/Div', problem: 'NaN', samples: 'sample 3' }]);
    expect(report.diagnostics[0].summary).toMatch(/Div "\/Div" divides 0 by 0 for sample 3, fed by ReduceSum "count"/);
    expect(report.warnings).toContain('It ran in float32.');
  });

  it('says why the graph of the file could not be looked at', async () => {
    const numerics = () => Promise.resolve('the runtime refuses it');
    const report = await run(regression(), { preset: 'quick', only: ['dynamics'] }, {}, { numerics });
    expect(report.diagnostics.map(({ id }) => id)).not.toContain('numerical-trouble');
    expect(report.warnings.join()).toContain('could not be looked at for NaN, ∞ and overflow: the runtime refuses it.');
  });

  it('keeps the pictures where the curvature is not finite', async () => {
    const objective = regression();
    const broken = withProducts(objective, 'hessian', (products) => products.map((v) => v.map(() => NaN)));
    const report = await run(broken, { preset: 'quick', line: ['random/none'] });
    expect(report.complete).toBe(true);
    expect(report.spectrum?.hessian).toBeUndefined();
    expect(report.spectrum?.ggn).toBeDefined();
    expect(report.lines).toHaveLength(1);
    expect(report.warnings.join('\n')).toMatch(/curvature product is not finite.*column 1 of the Hessian/);
  });

  it('does without the gradient where that is not finite', async () => {
    const objective = regression();
    const broken = { ...objective, gradient: () => Promise.resolve(Float32Array.of(NaN, 1, 2, 3)) };
    const report = await run(broken, { preset: 'quick', line: ['gradient', 'random/none'] });
    expect(report.complete).toBe(true);
    expect(report.gradient!.norm).toBeNaN();
    expect(report.lines.map(({ direction }) => direction)).toEqual(['random/none']);
    expect(report.warnings.join()).toContain('The gradient is not finite');
    expect(report.diagnostics.map(({ id }) => id)).not.toContain('critical-point');
    expect(reportFromJson(reportToJson(report)).gradient!.norm).toBeNaN();
  });

  it('says which eigenvector does not exist', async () => {
    const report = await run(regression(), { line: ['top/9:-1:1:3'], only: ['lines'] });
    expect(report.warnings.join()).toContain('«top/9» is left out: only 4 such eigenvectors were found');
    expect(report.spectrum!.hessian!.top).toHaveLength(4);
  });

  it('marks generated data', async () => {
    const report = await run(regression(), { only: ['loss'] }, {}, { generated: true });
    expect(report.objective!.generated).toBe(true);
    expect(report.warnings[0]).toContain('inputs are random');
  });
});

it('draws the line to another model', async () => {
  const objective = regression();
  const other = Float32Array.of(1, 1, 1, 1);
  const report = await run(
    objective,
    { only: ['lines'], line: ['to/b.onnx:0:1:2'] },
    {},
    { readOther: () => Promise.resolve({ theta: other, statistics: [] }) },
  );
  const there = await linearRegression(x, y, [...other]).value();
  expect(report.lines[0]).toMatchObject({ direction: 'to/b.onnx', alpha: [0, 1] });
  expect(report.lines[0].loss[1]).toBeCloseTo(there.loss, 4);
});

function curvature(h: number[][], v: number[]): number {
  return h.reduce((sum, row, i) => sum + v[i] * row.reduce((inner, value, j) => inner + value * v[j], 0), 0);
}

it('shows the ends of the spectrum on the first batches before the whole is measured, without judging them', async () => {
  const rows = Array.from({ length: 96 }, () => Array.from({ length: 30 }, () => source.normal()));
  const labels = rows.map((row) => (row[0] > 0.3 ? 2 : row[1] > 0 ? 1 : 0));
  const theta = Array.from({ length: 10 * 31 }, (_, i) => 0.05 * Math.sin(i));
  const objective = softmaxRegression(rows, labels, 10, theta, 6);
  const partial: Report[] = [];
  const report = await run(
    objective,
    { preset: 'quick', only: ['loss', 'gradient', 'spectrum'] },
    { onPartial: (state) => partial.push(state) },
    { batchSize: 6 },
  );
  const early = partial.filter(({ spectrum }) => spectrum?.hessian?.preliminary);
  expect(early[0].spectrum!.hessian!.preliminary!.samples).toBe(12);
  expect(early[0].spectrum!.hessian!.top).toHaveLength(3);
  expect(early[0].spectrum!.hessian!.top[0].dataError).toBeGreaterThan(0);
  expect(early[0].diagnostics.map(({ id }) => id)).not.toContain('sharpness');
  expect(report.spectrum!.hessian!.preliminary).toBeUndefined();
  expect(report.diagnostics.map(({ id }) => id)).toContain('sharpness');
});
