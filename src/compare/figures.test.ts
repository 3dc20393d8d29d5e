import { expect, it } from 'vitest';
import { standardError } from '../numerics/statistics';
import type { SampleAnswers } from '../objective/objective';
import type { Report } from '../report/report';
import { comparedFigures } from './figures';
import type { MeasuredModel } from './figures';

const answers = (losses: number[], errors: number[]): SampleAnswers => ({
  losses: Float64Array.from(losses),
  shares: Float64Array.from(losses, () => 1 / losses.length),
  classes: { errors: Float64Array.from(errors), confidence: new Float64Array(losses.length), bins: {} as never },
});

function model(losses: number[], errors: number[], rest: Partial<Report> = {}): MeasuredModel {
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const objective = {
    loss: mean(losses),
    standardError: standardError(losses),
    accuracy: 1 - mean(errors),
    samples: losses.length,
  } as Report['objective'];
  return {
    report: { objective, planes: [], ...rest } as unknown as Report,
    answers: answers(losses, errors),
    testAnswers: null,
    slopes: null,
  };
}

it('pairs losses and right answers of the same samples', () => {
  const here = model([1, 5, 9], [0, 1, 1]);
  const there = model([1.5, 5.4, 9.6], [0, 0, 1]);
  const [loss, accuracy] = comparedFigures([here, there]);
  expect(loss).toMatchObject({ id: 'loss', errors: 'paired' });
  expect(loss.differences[1].value).toBeCloseTo(0.5, 12);
  expect(loss.differences[1].error).toBeCloseTo(standardError([0.5, 0.4, 0.6]), 12);
  expect(accuracy.differences[1].value).toBeCloseTo(1 / 3, 12);
  expect(accuracy.differences[1].error).toBeCloseTo(standardError([0, 1, 0]), 12);
  expect(loss.differences[0]).toEqual({ value: 0, error: 0 });
});

it('adds the errors of spectra in quadrature, from the solver and over the data', () => {
  const spectrum = (value: number, dataError: number): Partial<Report> => ({
    spectrum: {
      hessian: { top: [{ value, residual: 0.1, converged: true, dataError }], bottom: [], noiseFloor: 0.2 } as never,
    },
  });
  const figures = comparedFigures([model([1], [0], spectrum(10, 0.4)), model([1], [0], spectrum(13, 1.2))]);
  const { values, differences } = figures.find(({ id }) => id === 'lambdaMax')!;
  expect(values[0]).toEqual({ value: 10, error: 0.5 });
  expect(differences[1].value).toBe(3);
  expect(differences[1].error).toBeCloseTo(Math.sqrt(0.25 + 1.44 + 0.09), 12);
});

it('adds standard errors where the samples are not the same', () => {
  const [loss] = comparedFigures([model([1, 3], [0, 0]), model([2, 4, 6], [0, 0, 0])]);
  expect(loss.errors).toBe('samples');
  expect(loss.differences[1].error).toBeCloseTo(Math.hypot(standardError([1, 3]), standardError([2, 4, 6])), 12);
});

it('leaves out what no model has, and shows NaN where one lacks it', () => {
  const figures = comparedFigures([
    model([1, 2], [0, 1]),
    model([1, 2], [0, 1], { gradient: { norm: 2, byParameter: [] } }),
  ]);
  expect(figures.map(({ id }) => id)).toEqual(['loss', 'accuracy', 'gradientNorm']);
  expect(figures[2].values[0].value).toBeNaN();
  expect(figures[2].differences[1].value).toBeNaN();
});

it('compares how rough lines are, and how far from convex the planes', () => {
  const shape = (secondDifference: number, ratio: number): Partial<Report> => ({
    landscape: {
      roughness: {
        totalVariation: { value: 1.2, standardError: 0.03 },
        secondDifference: { value: secondDifference, standardError: 0.004 },
      },
    } as never,
    planes: [
      {
        curvature: {
          x: [-1, 1],
          y: [-1, 1],
          // One quadrant has no finite curvature.
          lambdaMax: [
            [10, NaN],
            [10, 10],
          ],
          lambdaMin: [
            [-10 * ratio, NaN],
            [0, -20 * ratio],
          ],
          residualMax: [
            [0, NaN],
            [0, 0],
          ],
          residualMin: [
            [0.6, NaN],
            [0.6, 0.6],
          ],
        },
      } as never,
    ],
  });
  const figures = comparedFigures([model([1], [0], shape(0.01, 0.2)), model([1], [0], shape(0.03, 0.4))]);
  const of = (id: string) => figures.find((figure) => figure.id === id)!;
  expect(of('secondDifference').differences[1].value).toBeCloseTo(0.02, 12);
  expect(of('secondDifference').differences[1].error).toBeCloseTo(0.004 * Math.SQRT2, 12);
  expect(of('totalVariation').errors).toBe('directions');
  // Quadrants of r, 0 and 2r, whose mean is r with a standard error of r/√3; the eigenvalues are off by 0.06.
  const { values } = of('planeCurvature');
  expect(values[0].value).toBeCloseTo(0.2, 12);
  expect(values[1].error).toBeCloseTo(Math.hypot(0.4 / Math.sqrt(3), 0.06), 12);
  expect(of('planeCurvature').differences[1].value).toBeCloseTo(0.2, 12);
});
