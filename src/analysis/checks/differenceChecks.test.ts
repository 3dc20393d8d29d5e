import { expect, it, test } from 'vitest';
import { surfaceObjective } from '../../../test/unit/surfaceObjective';
import type { Objective } from '../../objective/objective';
import { stateOf } from '../../report/checkState';
import { differenceChecks } from './differenceChecks';
import { stretchOf } from './stretch';

/** Judges the stated derivatives of a one-weight objective with L(θ + α·d) = loss(α) in float32. */
async function judge(
  loss: (a: number) => number,
  { slope, curvature, size = 0, logitSpeed }: { slope: number; curvature: number; size?: number; logitSpeed?: number },
  change: Partial<Objective> = {},
) {
  const surface = surfaceObjective((a) => Math.fround(loss(a)));
  const objective = { ...surface, theta: Float32Array.of(1e-6), ...change };
  const d = Float32Array.of(1);
  const hessian = [Float32Array.of(curvature)];
  const lossRounding = logitSpeed === undefined ? undefined : { loss: 1e-16, slope: 1e-16 * logitSpeed, curvature: 0 };
  const along = {
    slopes: Float64Array.of(slope, size, -size),
    curvatures: Float64Array.of(curvature, size, -size),
    lossRounding,
  };
  const derivatives = {
    gradient: Float32Array.of(slope),
    hessian,
    forward: [along],
    stretch: stretchOf(objective.parameters, [d], hessian),
    kinks: [],
  };
  const checks = await differenceChecks(objective, [d], derivatives, { seed: 0 });
  return checks.map(stateOf);
}

const sech2 = (x: number) => 1 / Math.cosh(x) ** 2;
const CURVES: [name: string, loss: (a: number) => number, slope: number, curvature: number][] = [
  // At each of the first ten steps the loss is on one of two plateaus.
  [
    'a step far narrower than the first steps',
    (a) => 1 + Math.tanh(1e5 * a + 0.5),
    1e5 * sech2(0.5),
    -2e10 * sech2(0.5) * Math.tanh(0.5),
  ],
  // Below −10⁻⁴ the logarithm is undefined.
  ['the end of a domain near θ', (a) => Math.log(1e-4 + a) ** 2, 2e4 * Math.log(1e-4), 2e8 * (1 - Math.log(1e-4))],
  ['a wall of infinity', (a) => (a > 1e-3 ? Infinity : 3 + Math.sin(40 * a) + Math.cos(30 * a)), 40, -900],
  // Moving θ by a quarter changes this loss by only a few roundings.
  ['a loss too flat for the first steps', (a) => 1 + 1e-5 * a + 1e-6 * a ** 2, 1e-5, 2e-6],
  ['a steep exponential', (a) => Math.exp(60 * a), 60, 3600],
];

test.each(CURVES)('%s passes, and a wrong sign or factor fails', async (_, loss, slope, curvature) => {
  expect(await judge(loss, { slope, curvature })).toEqual(['passed', 'passed']);
  for (const factor of [-1, 0, 2]) {
    const wrong = await judge(loss, { slope: factor * slope, curvature: factor * curvature });
    expect(wrong).toEqual(['failed', 'failed']);
  }
});

it('does not judge what rounding hides or where the loss is NaN', async () => {
  const noisy = (a: number) => 1 + 1e-9 * Math.sin(a);
  expect(await judge(noisy, { slope: 1e-9, curvature: 1e-9 })).toEqual(['unjudged', 'unjudged']);
  expect(await judge((a) => (a === 0 ? 1 : NaN), { slope: 1, curvature: 1 })).toEqual(['unjudged', 'unjudged']);
});

it('judges a slope of zero by the size of the slopes of the samples', async () => {
  // At a minimum the gradients of the samples cancel, and each is far larger than the error of the differences.
  expect(await judge((a) => 1 + a ** 2, { slope: 0, curvature: 2, size: 1 })).toEqual(['passed', 'passed']);
  expect(await judge((a) => 1 + a ** 2, { slope: 1e-2, curvature: 2, size: 1 })).toEqual(['failed', 'passed']);
});

it('does not judge if float32 weights cannot take steps as small as the derivatives need', async () => {
  // The two logits differ by 10¹⁰·α. Over any step that a float32 weight can take, this is a kink with a one-sided
  // slope.
  const [wide, logits] = [Float32Array.of(1e4), 1e10];
  const loss = (a: number) => Math.log(2) + Math.max(logits * a, 0);
  const derivatives = { slope: logits, curvature: logits ** 2 / 4 };
  expect(await judge(loss, derivatives, { theta: wide })).not.toContain('failed');
});

it('judges a derivative of exactly zero by a long step', async () => {
  // The loss is a monkey saddle along a line through its centre.
  expect(await judge((a) => a ** 3, { slope: 0, curvature: 0 })).toEqual(['passed', 'passed']);
  expect(await judge((a) => a + a ** 2, { slope: 0, curvature: 0 })).toEqual(['failed', 'failed']);
});

it('fails a derivative that is NaN', async () => {
  expect(await judge((a) => 1 + a + a ** 2, { slope: NaN, curvature: NaN })).toEqual(['failed', 'failed']);
});

it('measures the noise of a loss that is noisier than float32', async () => {
  // The sine stands for a device whose sums have four digits and round differently at every point.
  const loss = (a: number) => 1 + a + a ** 2 + 2e-4 * Math.sin(1e9 * a + 1);
  expect(await judge(loss, { slope: 1, curvature: 2 })).not.toContain('failed');
});

it('evaluates no more losses than it needs', async () => {
  let losses = 0;
  const count = (loss: (a: number) => number) => (a: number) => {
    losses++;
    return loss(a);
  };
  await judge(
    count((a) => 2 + Math.sin(a) + Math.cos(2 * a)),
    { slope: 1, curvature: -4 },
  );
  expect(losses).toBe(21);
});

it('does not judge by steps beyond the radius of convergence of a logarithm of probabilities', async () => {
  // The logits of many samples turn over within 3 × 10⁻⁴ of θ, where rounding of this loss hides every curvature. Over
  // longer steps it looks like a parabola.
  const crowd = (a: number) => 100 + 10 * a ** 2;
  expect(await judge(crowd, { slope: 0, curvature: 1 })).toEqual(['passed', 'failed']);
  expect(await judge(crowd, { slope: 0, curvature: 1, logitSpeed: 1e4 })).toEqual(['passed', 'unjudged']);
  expect(await judge(crowd, { slope: 0, curvature: 1, logitSpeed: 1 })).toEqual(['passed', 'failed']);
});
