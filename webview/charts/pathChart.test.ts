import { expect, it } from 'vitest';
import { checkpointText, pathChart } from './pathChart';
import { pathCurves } from './pathCurves';
import { pathPoints } from './pathPoints';
import { testPath } from './testPath';
import { testTheme } from './testTheme';

const choice = { steps: testPath.checkpoints.map(({ step }) => step), chosen: () => 0, choose: () => undefined };
const chart = (id: string) =>
  pathChart(
    pathCurves(testPath).find((curve) => curve.id === id)!,
    choice,
    testTheme,
  );

it('leaves a gap at a checkpoint that is not finite, and marks it', () => {
  expect(chart('loss').data.datasets[0].data).toEqual([
    { x: 0, y: 2 },
    { x: 100, y: NaN },
    { x: 5000, y: 0.5 },
  ]);
  expect(chart('loss').plugins?.map(({ id }) => id)).toContain('brokenMarks');
});

it('makes room for the level above the curve, but not for one far away', () => {
  const curve = pathCurves(testPath).find(({ id }) => id === 'sharpness')!;
  const highest = (at: number) =>
    pathChart({ ...curve, levels: [{ at, label: '2/η' }] }, choice, testTheme).options?.scales?.['y'];
  expect(highest(20)).toMatchObject({ suggestedMax: expect.closeTo(21.2, 9) as number });
  expect(highest(2000)).toMatchObject({ suggestedMax: 12 });
});

it('writes figures with their errors, and shares in percent', () => {
  expect(checkpointText(2, 0.1, false)).toBe('2.00 ± 0.10');
  expect(checkpointText(2, undefined, false)).toBe('2');
  expect(checkpointText(0.25, undefined, true)).toBe('25 %');
});

it('gives every checkpoint on the plane its own loss, beside that of the plane', () => {
  const [first, broken] = pathPoints(testPath);
  expect(first).toMatchObject({ x: -2, y: 1, loss: 2, label: '0', kind: 'checkpoint' });
  expect(first.text).toEqual(['step 0   step-0.onnx', 'loss 2', 'on the plane 1.5', '0.7 off the plane']);
  expect(broken.x).toBeNaN();
  expect(pathPoints({ ...testPath, pca: undefined })).toEqual([]);
});
