import { beforeAll, describe, expect, it } from 'vitest';
import type { Eigenvalue, Report } from '../../src/report/report';
import type { Reference } from './reference';
import { analyzeByCommandLine, readReference } from './reference';

/** Models with a float64 reference. Errors are relative; those of eigenvalues are relative to the largest. */
const MODELS = [
  'mlp_digits',
  'mlp_digits_untrained',
  'linear_illconditioned',
  'linear_saddle',
  'sigmoid_plateau',
  'lenet_fashion',
  'resnet_fashion',
  'plain_fashion',
  'vit_fashion',
  'lstm_fashion',
];

describe.each(MODELS)('%s agrees with its float64 reference', (name) => {
  const reference = readReference(name);
  const largest = Math.max(Math.abs(reference.eigenvalues_top[0]), Math.abs(reference.eigenvalues_bottom[0]));
  let report: Report;
  beforeAll(async () => {
    report = await analyzeByCommandLine(name, reference);
  });

  it('in the loss and the number of parameters', () => {
    expect(report.model.parameterCount).toBe(reference.parameters);
    expectRelative(report.objective!.loss, reference.loss, 1e-5);
  });

  it('in the gradient', () => {
    expectRelative(report.gradient!.norm, reference.gradient_norm, 1e-4, 1e-6);
  });

  it('in products with the gradient and the parameters', () => {
    const { gradient, parameters } = report;
    expectRelative(gradient!.curvature!, reference.gHg, 1e-3, 1e-10);
    expectRelative(gradient!.hessianProductNorm!, reference.Hg_norm, 1e-3, 1e-8);
    expectRelative(gradient!.gaussNewtonCurvature!, reference.gGg, 1e-3, 1e-10);
    const floor = Math.max(1e-3 * reference.Ht_norm * reference.theta_norm, 1e-12);
    expectRelative(parameters!.curvature!, reference.tHt, 1e-3, floor);
    expectRelative(parameters!.hessianProductNorm!, reference.Ht_norm, 1e-3, 1e-8);
  });

  it('in the ends of the Hessian spectrum, within the stated errors', () => {
    const { top, bottom, noiseFloor } = report.spectrum!.hessian!;
    expectEigenvalues(top, reference.eigenvalues_top.slice(0, 6), largest, noiseFloor);
    expectEigenvalues(bottom, reference.eigenvalues_bottom.slice(0, 4), largest, noiseFloor);
  });

  it('in the Gauss-Newton eigenvalues', () => {
    const { top, noiseFloor } = report.spectrum!.ggn!;
    expectEigenvalues(top, reference.ggn_eigenvalues_top!.slice(0, 5), largest, noiseFloor);
  });

  it('in the trace, within three standard errors', () => {
    const { value, standardError } = report.spectrum!.hessian!.trace!;
    const error = Math.hypot(standardError, reference.trace_stderr ?? 0, 1e-4 * largest);
    expect(Math.abs(value - reference.trace) / error).toBeLessThan(3);
  });

  it('along the lines', () => {
    for (const [step, loss] of reference.line_minus_g_over_norm)
      expectRelative(lossAt(report, 'gradient', -step), loss, 1e-4);
    for (const [step, loss] of reference.line_scale_theta)
      expectRelative(lossAt(report, 'parameters', step), loss, 1e-4);
  });

  it('in its verdicts', () => verdicts[name]?.(report, reference));
});

/** Checks each report against the verdicts of a person who knows the model. */
const verdicts: Record<string, (report: Report, reference: Reference) => void> = {
  linear_saddle(report) {
    expect(report.gradient!.norm).toBe(0);
    expect(finding(report, 'saddle').verdict).toBe('present');
    expect(report.spectrum!.hessian!.certifiedNegative).toBe(6);
    expect(finding(report, 'saddle').evidence).toContainEqual(
      expect.objectContaining({ name: 'negative eigenvalues', value: 6 }),
    );
  },
  linear_illconditioned(report, { eigenvalues_top, eigenvalues_bottom }) {
    const verdict = finding(report, 'ill-conditioning');
    expect(verdict.verdict).toBe('present');
    const kappa = verdict.evidence.find(({ name }) => /condition number/i.test(name))!;
    expectRelative(kappa.value, eigenvalues_top[0] / eigenvalues_bottom[0], 0.01);
  },
  mlp_digits_untrained(report) {
    const verdict = finding(report, 'critical-point');
    expect(verdict.verdict).toBe('absent');
    expect(verdict.summary).toMatch(/not a critical point/i);
    expect(verdict.evidence.some(({ value }) => value < 0)).toBe(true);
    expect(finding(report, 'saddle').verdict).not.toBe('present');
  },
  sigmoid_plateau(report) {
    expect(finding(report, 'flat-region').verdict).toBe('present');
    expect(finding(report, 'vanishing-gradient').verdict).toBe('present');
  },
  mlp_digits(report) {
    expect(finding(report, 'minimum').verdict).not.toBe('present');
    expect(finding(report, 'flat-region').verdict).toBe('absent');
  },
  lenet_fashion(report) {
    expect(finding(report, 'critical-point').verdict).toBe('absent');
    expect(finding(report, 'vanishing-gradient').verdict).toBe('absent');
  },
};

function finding({ diagnostics }: Report, id: string) {
  return diagnostics.find((found) => found.id === id)!;
}

/**
 * Checks that every eigenvalue is within 1e-3 of its reference, relative to the largest, and that its error is within
 * the stated residual and noise.
 */
function expectEigenvalues(found: Eigenvalue[], expected: number[], largest: number, noiseFloor: number): void {
  expect(found.length).toBeGreaterThanOrEqual(expected.length);
  for (const [i, value] of expected.entries()) {
    const error = Math.abs(found[i].value - value);
    expect(error / Math.max(largest, 1e-300), `eigenvalue ${i}: ${found[i].value} for ${value}`).toBeLessThan(1e-3);
    expect(error, `eigenvalue ${i} inside its stated error`).toBeLessThanOrEqual(found[i].residual + noiseFloor);
  }
}

function lossAt({ lines }: Report, direction: string, alpha: number): number {
  for (const line of lines) {
    const i = line.direction === direction ? line.alpha.findIndex((a) => Math.abs(a - alpha) < 1e-6) : -1;
    if (i >= 0) return line.loss[i];
  }
  return NaN;
}

function expectRelative(found: number, expected: number, tolerance: number, floor = 0): void {
  const error = Math.abs(found - expected) / Math.max(Math.abs(expected), floor, 1e-300);
  expect(error, `${found} for ${expected}`).toBeLessThanOrEqual(tolerance);
}
