import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AnalysisOptions } from '../options/options';
import { analyze } from './analyze';

const folder = 'test/fixtures/landscapes/pair-cnn-bn';
const file = (name: string) => `${folder}/${name}`;

interface TrueLine {
  alpha: number[];
  loss: number[];
  accuracy: number[];
}
/** Computed in float64 by another library. */
const truth = JSON.parse(readFileSync(file('truth.json'), 'utf8')) as Record<
  'line_wide' | 'line_wide_statistics_of_a',
  TrueLine
>;

const between = (from: string, to: string, options: AnalysisOptions = {}) =>
  analyze(file(from), {
    data: file('data.npz'),
    loss: 'cross_entropy',
    provider: 'cpu',
    threads: 1,
    only: ['loss', 'lines'],
    line: [`to/${file(to)}:-0.25:1.25:25`],
    ...options,
  });

describe('the line to a model with BatchNormalization', () => {
  it('ends at the other model, running statistics included', async () => {
    const { lines, warnings } = await between('a.onnx', 'b.onnx');
    expect(lines[0].alpha).toEqual(truth.line_wide.alpha);
    truth.line_wide.loss.forEach((loss, i) => expect(lines[0].loss[i] / loss).toBeCloseTo(1, 5));
    truth.line_wide.accuracy.forEach((accuracy, i) => expect(lines[0].accuracy![i]).toBeCloseTo(accuracy, 6));
    expect(warnings.join(' ')).toContain('the running statistics of BatchNormalization (4 tensors) move along');
    const there = await analyze(file('b.onnx'), {
      data: file('data.npz'),
      loss: 'cross_entropy',
      provider: 'cpu',
      threads: 1,
      only: ['loss'],
    });
    expect(lines[0].loss[20]).toBeCloseTo(there.objective!.loss, 6);
  });

  it('leaves the running statistics of this model where the user wants so', async () => {
    const { lines, warnings } = await between('a.onnx', 'b.onnx', { keepStatistics: true });
    const own = truth.line_wide_statistics_of_a;
    own.loss.forEach((loss, i) => expect(lines[0].loss[i] / loss).toBeCloseTo(1, 5));
    expect(warnings).toEqual([]);
  });

  it('has the length of the step in the parameters, which alone decay', async () => {
    const plain = await between('a.onnx', 'b.onnx');
    const kept = await between('a.onnx', 'b.onnx', { keepStatistics: true });
    expect(plain.lines[0].directionNorm).toBe(kept.lines[0].directionNorm);
    const decay = (decayed: typeof plain, line: typeof plain) =>
      decayed.lines[0].loss.map((loss, i) => loss - line.lines[0].loss[i]);
    const wide = decay(await between('a.onnx', 'b.onnx', { weightDecay: 0.01 }), plain);
    const narrow = decay(await between('a.onnx', 'b.onnx', { weightDecay: 0.01, keepStatistics: true }), kept);
    wide.forEach((x, i) => expect(x).toBeCloseTo(narrow[i], 9));
  });

  it('is an edge of the plane to that model, whose other axis leaves the statistics as they are', async () => {
    const report = await between('a.onnx', 'b.onnx', {
      only: ['loss', 'lines', 'plane'],
      plane: [`to/${file('b.onnx')},random:0:1:3`],
    });
    const [plane] = report.planes;
    expect(plane.loss[0][0]).toBeCloseTo(truth.line_wide.loss[4], 6);
    expect(plane.loss[0][1]).toBeCloseTo(truth.line_wide.loss[12], 5);
    expect(plane.loss[0][2]).toBeCloseTo(truth.line_wide.loss[20], 6);
    expect(plane.cosine).toBeCloseTo(0, 6);
  });
});
