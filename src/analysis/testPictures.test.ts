import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { analyze } from './analyze';

const file = (name: string) => `test/fixtures/landscapes/train-test/${name}`;

interface Measured {
  loss: number[];
  accuracy: number[];
}
/** Computed in float64 by another library. */
const truth = JSON.parse(readFileSync(file('truth.json'), 'utf8')) as {
  train: Measured;
  test: Measured;
  alpha: number[];
};

it('measures the test data at the points of lines and planes, beside the training data', async () => {
  const report = await analyze(file('model.onnx'), {
    data: file('train.npz'),
    testData: file('test.npz'),
    loss: 'cross_entropy',
    provider: 'cpu',
    threads: 1,
    only: ['loss', 'lines', 'plane'],
    line: [`to/${file('other.onnx')}:-0.25:1.25:25`],
    plane: [`to/${file('other.onnx')},random:-0.25:1.25:7`],
  });
  const [line] = report.lines;
  expect(line.alpha).toEqual(truth.alpha);
  const check = (found: Partial<Measured> | undefined, right: Measured, indices: readonly number[]) => {
    indices.forEach((at, i) => {
      expect(found!.loss![i] / right.loss[at]).toBeCloseTo(1, 5);
      expect(found!.accuracy![i]).toBeCloseTo(right.accuracy[at], 6);
    });
  };
  const all = [...truth.alpha.keys()];
  check(line, truth.train, all);
  check(line.test, truth.test, all);
  expect(line.test!.loss).toHaveLength(25);

  const zero = truth.alpha.indexOf(0);
  expect(report.objective!.test!.loss).toBeCloseTo(truth.test.loss[zero], 6);
  expect(report.objective!.test!.accuracy).toBeCloseTo(truth.test.accuracy[zero], 6);
  expect(report.objective!.test!.samples).toBe(300);

  const [plane] = report.planes;
  const row = plane.y.values.indexOf(0);
  const columns = plane.x.values.map((alpha) => truth.alpha.findIndex((each) => Math.abs(each - alpha) < 1e-9));
  expect(columns).not.toContain(-1);
  check({ loss: plane.loss[row], accuracy: plane.accuracy![row] }, truth.train, columns);
  check({ loss: plane.test!.loss[row], accuracy: plane.test!.accuracy![row] }, truth.test, columns);
  expect(plane.test!.loss.map((each) => each.length)).toEqual(plane.loss.map((each) => each.length));
});
