import { expect, it } from 'vitest';
import type { Plane } from '../../src/report/report';
import { measuredMarks, roundedPlace } from './measuredPoints';
import { placeOnPlane, placeText } from './placeOnPlane';

/** L = 1 + 2α + 3β + 4αβ, which bilinear interpolation hits exactly. */
const values = [-1, 0, 2];
const loss = values.map((b) => values.map((a) => 1 + 2 * a + 3 * b + 4 * a * b));
const plane: Plane = {
  x: { direction: 'random', values },
  y: { direction: 'random', values },
  loss,
  evaluated: [
    [true, true, true],
    [true, true, true],
    [true, true, false],
  ],
};

it('interpolates between the four points around a place', () => {
  const [x, y] = [0.3, 1.7];
  expect(placeOnPlane(plane, { x, y })!.loss).toBeCloseTo(1 + 2 * x + 3 * y + 4 * x * y, 12);
  expect(placeOnPlane(plane, { x: 2.1, y: 0 })).toBeNull();
});

it('says what was measured and what was not', () => {
  expect(placeText(plane, { x: -1, y: 2 })).toBe('At α = −1, β = 2: loss −3, measured.');
  expect(placeText(plane, { x: 2, y: 2 })).toMatch(
    /loss ≈ 27, interpolated\. The nearest measured point \(α = [02], β = [02]\)/,
  );
  expect(placeText(plane, { x: 0.3, y: 0.1 })).toContain('The nearest measured point (α = 0, β = 0) has loss 1.');
});

it('lets a loss that is not finite spread over the cells around it only', () => {
  const broken = { ...plane, loss: [[NaN, ...loss[0].slice(1)], ...loss.slice(1)] };
  expect(placeOnPlane(broken, { x: -0.5, y: -0.5 })!.loss).toBeNaN();
  expect(placeOnPlane(broken, { x: 0, y: -0.5 })!.loss).toBeCloseTo(1 - 1.5, 12);
});

it('numbers the measured points and tells their figures with errors', () => {
  const points = [
    {
      x: 0.5,
      y: 0,
      loss: 2,
      accuracy: 0.5,
      gradientNorm: 3,
      lambdaMax: { value: 12.345, residual: 0.012 },
      lambdaMin: { value: -0.01, residual: 0.02 },
    },
    { x: 1, y: 1, loss: NaN, withoutCurvature: 'No derivative.' },
  ];
  const [first, second] = measuredMarks({ ...plane, points });
  expect(first).toMatchObject({ kind: 'measured', label: '1', x: 0.5, y: 0 });
  expect(first.text).toEqual([
    'α 0.5   β 0',
    'loss 2, measured',
    'accuracy 50 %',
    '‖∇L‖ 3',
    'λ_max 12.345 ± 0.012',
    'λ_min −0.010 ± 0.020 (not resolved)',
  ]);
  expect(second.text).toEqual(['α 1   β 1', 'loss NaN, measured']);
});

it('rounds a clicked place to what the eye can tell apart', () => {
  expect(roundedPlace(0.123456789, [-1, 1])).toBe(0.123);
  expect(roundedPlace(-1e-9, [-1, 1])).toBe(0);
  expect(roundedPlace(0.000123456, [0, 0.001])).toBe(0.000123);
  expect(roundedPlace(123456.7, [0, 1e6])).toBe(123457);
});
