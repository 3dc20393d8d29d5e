import { describe, expect, it } from 'vitest';
import type { Report } from '../report/report';
import type { PathEdge } from '../report/sections/path';
import { LIMITS } from './limits';
import { pathCourseOf } from './pathCourse';
import { pathEdge } from './pathEdge';
import { persistentGradient } from './persistentGradient';
import { progressiveSharpening } from './progressiveSharpening';

interface Course {
  lambdaMax?: readonly number[];
  gradientNorm?: readonly number[];
  loss?: readonly number[];
  error?: number;
  /** Bound of stability. */
  bound?: number;
  momentum?: number;
}

function measurements({ lambdaMax = [], gradientNorm = [], loss = [], error = 0, bound, momentum = 0 }: Course) {
  const count = Math.max(lambdaMax.length, gradientNorm.length);
  const learningRate = bound === undefined ? 0 : (2 * (1 + momentum)) / bound;
  const edge: PathEdge | undefined =
    bound === undefined ? undefined : { learningRate, momentum, twoOverRate: 2 / learningRate, bound };
  const checkpoints = Array.from({ length: count }, (_, i) => ({
    file: `ckpt_${i}.onnx`,
    step: 10 * i,
    loss: loss[i] ?? 1,
    distance: 0,
    lambdaMax: lambdaMax[i],
    lambdaMaxError: error,
    gradientNorm: gradientNorm[i],
  }));
  const path = { checkpoints, stepsFromNames: true, centre: count - 1, ...(edge && { edgeOfStability: edge }) };
  const course = pathCourseOf({ path } as unknown as Report);
  return course ? { course } : {};
}

describe('progressive sharpening', () => {
  const verdict = (lambdaMax: readonly number[], error = 0) =>
    progressiveSharpening.judge(measurements({ lambdaMax, error }), LIMITS)?.verdict;

  it.each([
    ['a steady rise', [1, 1.5, 2, 2.5], 'present'],
    ['a rise that levels off a little lower', [1, 1.3, 2, 2.5, 2.4, 1.9], 'present'],
    ['a gap where a figure is NaN', [1, NaN, 2, 2.5], 'present'],
    ['a fall', [2, 1.5, 1, 0.5], 'absent'],
    ['little change', [2, 2.1, 2.2, 2.3], 'absent'],
    ['a rise that falls back', [1, 1.5, 2, 1], 'inconclusive'],
    ['a rise without order', [1, 2, 0.5, 1.9, 0.6, 2.5, 2], 'inconclusive'],
    ['a first figure of no certain sign', [0, 1, 2, 3], 'inconclusive'],
    ['two figures alone', [1, 2, NaN], 'inconclusive'],
  ])('of %s is judged %s: %s', (_, values, expected) => expect(verdict(values)).toBe(expected));

  it('asks for a rise beyond the errors', () => {
    expect(verdict([1, 1.2, 1.4], 0.01)).toBe('present');
    expect(verdict([1, 1.2, 1.4], 0.2)).toBe('inconclusive');
  });

  it('is not judged of two checkpoints', () => expect(verdict([1, 2])).toBeUndefined());
});

describe('the edge of stability along a path', () => {
  const judged = (lambdaMax: readonly number[], course: Course = {}) =>
    pathEdge.judge(measurements({ lambdaMax, bound: 2, ...course }), LIMITS);

  it.each([
    [[1, 1.5, 2.01, 2.05, 1.98], 'present', 'medium', /at step 20 and then stays between 1\.98 and 2\.05/],
    [[1, 1.5, 2.01], 'present', 'medium', /at step 20, the last checkpoint/],
    [[1, 2.1, 1.2, 1], 'present', 'medium', /later falls to 1\./],
    [[1, 1.5, 1.9], 'absent', 'info', /stays below 2\/η = 2/],
  ] as const)('λ_max = %j: %s, %s', (values, verdict, severity, text) => {
    expect(judged(values)).toMatchObject({ verdict, severity });
    expect(judged(values)!.summary).toMatch(text);
  });

  it('beyond the bound tells whether the loss rises there', () => {
    const beyond = (loss: readonly number[]) => judged([1, 2.1, 3.5, 2], { loss });
    expect(beyond([4, 3, 3.2, 1])).toMatchObject({ verdict: 'present', severity: 'high' });
    expect(beyond([4, 3, 3.2, 1])!.summary).toMatch(/goes up to 3\.5: .* and the loss rises at step 20/);
    expect(beyond([4, 3, 2, 1])).toMatchObject({ verdict: 'present', severity: 'medium' });
    expect(beyond([4, 3, 2, 1])!.summary).toMatch(/goes up to 3\.5, .* the loss rises at no later checkpoint/);
  });

  it('says so where errors hide whether the bound is reached', () => {
    expect(judged([1, 1.5, 1.95], { error: 0.1 })!.verdict).toBe('inconclusive');
    expect(judged([1, 1.5, 2.05], { error: 0.1 })!.verdict).toBe('inconclusive');
  });

  it('names the bound with momentum, and the stable rate', () => {
    const finding = judged([1, 2, 4.4], { bound: 3.8, momentum: 0.9 })!;
    expect(finding.summary).toMatch(/2·\(1 \+ β\)\/η = 3\.8/);
    // 2·1.9/4.4
    expect(finding.advice[0]).toMatch(/0\.864/);
  });

  it('is not judged where the learning rate is not known', () => {
    expect(judged([1, 2, 3], { bound: undefined })).toBeNull();
  });
});

describe('a gradient that does not vanish', () => {
  it.each([
    [[1, 0.9, 0.8, 0.7], 'present'],
    [[1, 2, 3, 4], 'present'],
    [[1, 0.3, 0.05, 0.03], 'inconclusive'],
    [[1, 0.1, 0.01, 0.001], 'absent'],
    // A spike among the last three of twelve.
    [[1, ...Array<number>(8).fill(0.1), 0.001, 0.9, 0.001], 'absent'],
    [[0, 1, 1], 'inconclusive'],
  ])('‖g‖ = %j is judged %s', (gradientNorm, verdict) => {
    expect(persistentGradient.judge(measurements({ gradientNorm }), LIMITS)?.verdict).toBe(verdict);
  });
});
