import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reportFromJson } from '../../report/json';
import type { Report } from '../../report/report';
import type { Checkpoint } from '../../report/sections/path';
import { easedWhereArrived } from '../arrived';
import { judge } from '../judge';
import { LIMITS } from '../limits';
import { measurementsOf } from '../measurements';
import { headlineOf } from './headline';

const lenet = reportFromJson(
  readFileSync(new URL('../../../test/fixtures/reports/synthetic-lenet.json', import.meta.url), 'utf8'),
);

/** The headline of LeNet's report after a change of its figures, all verdicts judged anew. */
function headline(change: (copy: Report) => void) {
  const copy = structuredClone(lenet);
  change(copy);
  return headlineOf({ ...copy, diagnostics: judge(copy) });
}

/** Makes the gradient so small that the best step along it gains a hundred-millionth of the loss. */
function still(copy: Report): void {
  copy.gradient = { ...copy.gradient!, norm: 1e-3, noiseFloor: 1e-8, curvature: 6e-5, samplingError: 1e-5 };
}

function eigenvalues(copy: Report, min: number, residual: number): void {
  copy.spectrum!.hessian = {
    ...copy.spectrum!.hessian!,
    bottom: [{ value: min, residual, converged: true }],
    certifiedNegative: 0,
    noiseFloor: 0,
  };
}

describe('the headline', () => {
  it('says that the loss still falls, by how much, and which rates are stable', () => {
    expect(headline(() => undefined)).toEqual({
      state: 'Still descending: one gradient step gains 5.3 %.',
      next: expect.stringMatching(/^Train on\. Keep SGD below a learning rate of 0\.033/) as string,
      level: 'notice',
    });
  });

  it('says nothing before the report is complete, because verdicts may still change', () => {
    expect(headline((copy) => (copy.complete = false))).toBeNull();
  });

  it('tells a saddle from a minimum, and from a point where neither is resolved', () => {
    const at = (min: number, residual: number) =>
      headline((copy) => {
        still(copy);
        eigenvalues(copy, min, residual);
      });
    expect(at(-20, 0.1)).toMatchObject({
      state: expect.stringMatching(/^Stuck at a saddle/) as string,
      level: 'action',
    });
    expect(at(2, 0.1)).toMatchObject({ state: expect.stringMatching(/^At a minimum: /) as string, level: 'fine' });
    expect(at(-1, 10)).toMatchObject({ state: expect.stringMatching(/not resolved/) as string, level: 'open' });
  });

  it('finds what hinders learning worth knowing, but not urgent, at a minimum', () => {
    const copy = structuredClone(lenet);
    still(copy);
    const levels = (min: number) => {
      eigenvalues(copy, min, 0.1);
      const found = judge(copy);
      const [spread] = found.filter(({ id }) => id === 'ill-conditioning');
      const others = found.map((finding) => (finding === spread ? { ...spread, level: 'action' as const } : finding));
      return easedWhereArrived(others, copy, measurementsOf(copy), LIMITS).find(({ id }) => id === spread.id)?.level;
    };
    expect(levels(2)).toBe('notice');
    expect(levels(-20)).toBe('action');
  });

  it('finds nothing urgent in weak negative curvature', () => {
    const weak = headline((copy) => {
      still(copy);
      eigenvalues(copy, -0.1, 0.001);
    });
    expect(weak).toMatchObject({ state: expect.stringMatching(/^Practically at rest/) as string, level: 'notice' });
  });

  it('does not call a gradient that may be chance a descent', () => {
    const noisy = headline((copy) => (copy.gradient = { ...copy.gradient!, samplingError: 2 }));
    expect(noisy).toMatchObject({ state: expect.stringMatching(/^Too noisy to tell/) as string, level: 'open' });
  });

  it('does not judge what was not measured', () => {
    const alone = headline((copy) => {
      delete copy.gradient;
      delete copy.spectrum;
      copy.provenance.options.only = ['loss'];
    });
    expect(alone).toMatchObject({
      level: 'open',
      next: expect.stringMatching(/^Measure the part «gradient»/) as string,
    });
  });

  it('puts broken numbers and failed self-checks before everything else', () => {
    const broken = headline((copy) => (copy.objective!.loss = NaN));
    expect(broken).toMatchObject({ state: 'Numerically broken: the loss is NaN.', level: 'action' });
    const failed = headline((copy) => {
      copy.checks = [{ name: 'symmetry', value: 1, limit: 0.1, passed: false, detail: '' }];
    });
    expect(failed?.state).toBe('These figures may be wrong: 1 of 1 self-checks failed.');
  });

  it('says that a learning rate beyond the bound overshoots', () => {
    const fast = headline((copy) => (copy.dynamics = { stability: { learningRate: 0.1, momentum: 0, bound: 2 } }));
    expect(fast).toEqual({
      state: 'Steps overshoot: the learning rate 0.1 times λ_max is 6.06, and 2 is the largest stable value.',
      next: 'Lower the learning rate below 0.033.',
      level: 'action',
    });
  });

  it('does not speak of training where the inputs are random', () => {
    expect(headline((copy) => (copy.objective!.generated = true))?.state).toMatch(/^The inputs are random/);
  });
});

describe('the headline of a path', () => {
  const path = (losses: number[], testLosses: number[] = []) =>
    headline((copy) => {
      const checkpoints = losses.map((loss, i): Checkpoint => {
        const test = testLosses[i] === undefined ? {} : { testLoss: testLosses[i], testLossError: 0.01 };
        return { file: `${i}.onnx`, step: i, loss, distance: 1, ...test };
      });
      copy.objective = { ...copy.objective!, chanceLoss: 2.3 };
      copy.path = { checkpoints, stepsFromNames: true, centre: losses.length - 1 };
    });

  it('tells whether the loss falls, rests or rises at the end', () => {
    expect(path([2, 1.5, 1.2, 1, 0.9, 0.8, 0.7, 0.6])?.state).toMatch(/^Still descending: .* from 2 to 0\.6/);
    expect(path([2, 1, 0.6, 0.5, 0.5, 0.5, 0.4999, 0.4998])?.state).toMatch(/^Levelled off/);
    expect(path([2, 1, 0.6, 0.5, 0.5, 0.5, 0.6, 0.9])).toMatchObject({
      state: expect.stringMatching(/^The loss rises at the end/) as string,
      level: 'action',
    });
  });

  it('calls no share of next to nothing a descent', () => {
    expect(path([2, 0.1, 0.002, 0.0001, 0.000004])).toEqual({
      state:
        'Training has arrived: the loss went from 2 to 4 × 10⁻⁶ over 5 checkpoints, 1.7 × 10⁻⁴ % of what guessing gives.',
      next: expect.stringMatching(/^Little is left to gain/) as string,
      level: 'fine',
    });
  });

  it('names the checkpoint with the lowest test loss once that has passed', () => {
    const rising = path([2, 1, 0.5, 0.2], [2.1, 1.2, 1.3, 1.6]);
    expect(rising?.next).toBe('Take the weights of step 1: the test loss was lowest there, 1.2, and is 1.6 now.');
    expect(path([2, 1, 0.5, 0.2], [2.1, 1.2, 0.9, 0.9])?.next).toMatch(/^Train on/);
  });

  it('says from where on the loss is not finite', () => {
    expect(path([2, 1, NaN])?.state).toBe('Training broke: the loss is NaN from step 2 on.');
  });
});
