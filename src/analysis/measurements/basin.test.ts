import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { quadratic } from '../../../test/unit/closedFormObjective';
import { factsOf } from '../../../test/unit/factsOf';
import { resolveOptions } from '../../options/presets';
import { analyze } from '../analyze';
import { analyzeObjective } from '../analyzeObjective';

const FOLDER = resolve(__dirname, '../../../test/fixtures/landscapes/basin');

interface Truth {
  loss: number;
  directions: { direction: string; norm: number; plus: number; minus: number; radius: number }[];
}

it('finds the edges that a float64 search finds', async () => {
  const truth = JSON.parse(readFileSync(resolve(FOLDER, 'truth.json'), 'utf8')) as Truth;
  const here = (direction: string) => direction.replace('to/', `to/${FOLDER}/`);
  const { landscape } = await analyze(resolve(FOLDER, 'model.onnx'), {
    data: resolve(FOLDER, 'data.npz'),
    loss: 'cross_entropy',
    provider: 'cpu',
    threads: 1,
    preset: 'quick',
    only: ['loss'],
    basin: true,
    line: truth.directions.map(({ direction }) => `${here(direction)}:-1:1:3`),
  });
  const { basin = [], basinRadii } = landscape!;
  for (const { direction, norm, plus, minus, radius } of truth.directions) {
    const found = basin.find((width) => width.direction === here(direction))!;
    expect(Math.abs(found.radius - radius)).toBeLessThan(found.error + 1e-4 * radius);
    for (const [side, truthSide] of [
      [found.plus, plus],
      [found.minus, minus],
      [found.directionNorm, norm],
    ])
      expect(Math.abs(side / truthSide - 1)).toBeLessThan(1e-3);
  }
  // The sharpest direction is sharper than a typical one.
  const sharpest = basin.find(({ direction }) => direction === 'sharpest')!;
  expect(sharpest.radius).toBeLessThan(basinRadii!.quartiles[0]);
});

const A = [
  [8, 0],
  [0, 0.5],
];

function measured(loss: number) {
  const objective = quadratic(A, [0, 0], { c: loss });
  return analyzeObjective(objective, factsOf(objective), resolveOptions({ basin: true, only: ['loss'], line: [] }));
}

it('finds the edge along the eigenvector of the largest eigenvalue of a quadratic loss', async () => {
  const { basin = [] } = (await measured(1)).landscape!;
  const sharpest = basin.find(({ direction }) => direction === 'sharpest')!;
  expect(sharpest.radius).toBeCloseTo(0.5, 4);
});

it('says that twice a loss that is not positive is no edge', async () => {
  const { landscape, warnings } = await measured(-1);
  expect(landscape).toBeUndefined();
  expect(warnings.join()).toContain('the basin has no width');
});
