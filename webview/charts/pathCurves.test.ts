import { expect, it } from 'vitest';
import { needsLog, pathCurves } from './pathCurves';
import { testPath } from './testPath';

it('draws the figures that were measured, and no others', () => {
  expect(pathCurves(testPath).map(({ id }) => id)).toEqual(['loss', 'gradient', 'sharpness', 'distance']);
});

it('names training and test loss where both are known', () => {
  const [first, ...rest] = testPath.checkpoints;
  const [loss] = pathCurves({ ...testPath, checkpoints: [{ ...first, testLoss: 3 }, ...rest] });
  expect(loss.series.map(({ label }) => label)).toEqual(['training loss', 'test loss']);
  expect(loss.series[1].values).toEqual([3, NaN, NaN]);
});

it('reads the sharpness against 2/η, and with momentum against its own bound as well', () => {
  const sharpness = (path: typeof testPath) => pathCurves(path).find(({ id }) => id === 'sharpness');
  expect(sharpness(testPath)).toMatchObject({ levels: [{ at: 10, label: '2/η' }], events: [5000] });
  const edge = { ...testPath.edgeOfStability!, momentum: 0.9, bound: 19 };
  expect(sharpness({ ...testPath, edgeOfStability: edge })?.levels.map(({ at }) => at)).toEqual([10, 19]);
  expect(sharpness({ ...testPath, edgeOfStability: undefined })).toMatchObject({ levels: [], events: [] });
});

it('shows the distance off the plane beside the whole distance', () => {
  const distance = pathCurves(testPath).find(({ id }) => id === 'distance');
  expect(distance?.series.map(({ label }) => label)).toEqual(['whole distance', 'off the plane']);
});

it('takes a log axis for figures of many decades that are all positive', () => {
  const curves = Object.fromEntries(pathCurves(testPath).map((curve) => [curve.id, needsLog(curve)]));
  expect(curves).toEqual({ loss: false, gradient: true, sharpness: false, distance: false });
});
