import { describe, expect, it } from 'vitest';
import type { OptimizerName, OptimizerRun } from '../sections/optimizers';
import { raceLine, toldRace } from './optimizers';

const run = (name: OptimizerName, losses: number[], cosines: number[] = []): OptimizerRun => ({
  name,
  stepSize: 1,
  gradients: losses.length - 1,
  losses,
  spent: losses.map((_, i) => i),
  reached: Math.min(...losses.filter(Number.isFinite)),
  cosines,
});
const told = (...optimizers: OptimizerRun[]) =>
  toldRace({
    optimizers,
    optimizerRace: { budget: 3, trial: 1, resolution: 1e-6, startLoss: 8, startDistance: 0 },
  })!;

describe('what a race shows', () => {
  it('names the winner, its loss and that of SGD', () => {
    const { summary } = told(run('sgd', [8, 4, 2]), run('adam', [8, 3, 1]));
    expect(summary).toContain('Adam reached the lowest loss, 1 from 8; SGD reached 2.');
  });

  it('says that curvature is spread if a method that uses it wins by far, and not otherwise', () => {
    const far = told(run('sgd', [8, 4, 2]), run('newton-cg', [8, 0.1, 0.02]));
    expect(far.advice.join()).toMatch(/Newton-CG uses curvature and beats SGD with a loss 100 times lower/);
    expect(told(run('sgd', [8, 4, 2]), run('newton-cg', [8, 3, 1])).advice.join()).not.toMatch(/curvature/);
  });

  it('compares gradients where losses can be negative', () => {
    const { advice } = told(run('sgd', [8, 4, 2, 0, -1, -2, -2.5]), run('momentum', [8, -3]));
    expect(advice.join()).toMatch(/Momentum beats plain SGD to its lowest loss by a factor of 6 in gradients/);
  });

  it('points to a cliff only if clipping wins', () => {
    expect(told(run('sgd', [8, 700, NaN]), run('clipping', [8, 1, 0.5])).advice.join()).toMatch(/cliff/);
    expect(told(run('sgd', [8, 4, 2]), run('clipping', [8, 4, 2])).advice.join()).not.toMatch(/cliff/);
  });

  it('says that the choice matters little if all do as well', () => {
    expect(told(run('sgd', [8, 2]), run('adam', [8, 2.2])).advice.join()).toMatch(/matters little/);
  });

  it('claims nothing where no run is below the rounding of the loss', () => {
    const { summary, advice } = told(run('sgd', [8, 8]), run('adam', [8, 8 - 1e-7]));
    expect(summary).toMatch(/No optimizer lowered the loss of 8/);
    expect(advice).toEqual([]);
  });

  it('tells a zigzag', () => {
    expect(told(run('sgd', [8, 4, 3.9], [-0.9, -0.8])).advice.join()).toMatch(/zigzags/);
  });
});

it('is one line in the terminal', () => {
  const optimizerRace = { budget: 3, trial: 1, resolution: 1e-6, startLoss: 8, startDistance: 0 };
  expect(raceLine({ optimizers: [run('sgd', [8, 4]), run('lbfgs', [8, 1])], optimizerRace })).toBe(
    'L-BFGS 1, SGD 4, from 8; 3 gradients each',
  );
  expect(raceLine({})).toBeNull();
});
