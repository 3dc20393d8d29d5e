import { expect, it } from 'vitest';
import { descentChart, descentSummary } from './descent';
import { testTheme } from './testTheme';

// L = 1 − 2s + s⁴: the quadratic model has slope −2 and no curvature.
const step = [0.25, 0.5, 0.79, 1, 2];
const loss = step.map((s) => 1 - 2 * s + s ** 4);
const drawn = {
  descent: {
    step: 0.79,
    loss: loss[2]!,
    error: 1e-7,
    lowest: { step: 0.79, loss: loss[2]! },
    scanned: { step, loss },
  },
  loss: 1,
  gradient: { norm: 2, curvature: 0 },
};

it('draws the measured losses and the quadratic model', () => {
  const [measured, model] = descentChart(drawn, testTheme).data.datasets;
  expect(measured!.data.map(({ y }) => y)).toEqual(loss);
  expect(model!.data.map(({ y }) => y)).toEqual(step.map((s) => 1 - 2 * s));
});

it('draws no model where the curvature is unknown', () => {
  const unknown = { ...drawn, gradient: { norm: 2, curvature: undefined } };
  expect(descentChart(unknown, testTheme).data.datasets).toHaveLength(1);
});

it('shows the valley at its full depth and cuts off the wall behind it', () => {
  const { min, max } = descentChart(drawn, testTheme).options!.scales!.y as { min: number; max: number };
  expect(min).toBeLessThan(loss[2]!);
  expect(max).toBeLessThan(loss[4]!);
});

it('tells a lower loss behind a rise', () => {
  const behind = { ...drawn, descent: { ...drawn.descent, lowest: { step: 5, loss: -9 } } };
  expect(descentSummary(behind)).toContain('Behind a rise, at 5, it is −9');
});
