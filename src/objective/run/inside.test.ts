import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { resolveOptions } from '../../options/presets';
import type { LossName } from '../../options/options';
import { openObjective } from '../open/openObjective';
import type { InsideFigures, Objective } from '../objective';

/** Figures in float64 by another library. */
interface Truth {
  loss_function: LossName;
  activations: {
    kind: string;
    mean_square: number;
    gradient_rms: number;
    dead_units?: number;
    zero_share?: number;
    saturated_share?: number;
  }[];
  time: { gradient_norm_by_step: number[]; spectral_radius: number };
}

const folder = resolve(__dirname, '../../../test/fixtures/troubles');
let opened: Objective | null = null;
afterEach(() => opened?.dispose());

async function inside(name: string, more: { batch?: number } = {}): Promise<{ truth: Truth; found: InsideFigures }> {
  const truth = JSON.parse(readFileSync(resolve(folder, name, 'truth.json'), 'utf8')) as Truth;
  const data = resolve(folder, name, 'data.npz');
  const options = resolveOptions({ data, loss: truth.loss_function, provider: 'cpu', threads: 1, ...more });
  ({ objective: opened } = await openObjective(resolve(folder, name, 'model.onnx'), options));
  return { truth, found: (await opened.inside())! };
}

/** The network of large tanh units amplifies float32 rounding of its activations to 4e-5 of the gradient. */
const close = (value: number, truth: number, tolerance = 1e-4) =>
  expect(Math.abs(value - truth)).toBeLessThanOrEqual(tolerance * Math.abs(truth));

describe('the figures of activations', () => {
  it.each([
    ['sigmoid12', {}],
    ['tanh12_large', {}],
    ['relu12_he', {}],
    ['dead_relu', {}],
    ['saturated_sigmoid', {}],
    ['rescaled', {}],
    // The last batch is filled up with copies of a sample, which must not count.
    ['saturated_sigmoid', { batch: 100 }],
    ['dead_relu', { batch: 100 }],
  ])('of %s %j agree with float64', async (name, more) => {
    const { truth, found } = await inside(name, more);
    expect(found.trunk).toBe(true);
    expect(found.depths.map(({ depth }) => depth)).toEqual(truth.activations.map((_, i) => i + 1));
    for (const [i, expected] of truth.activations.entries()) {
      const site = found.depths[i];
      close(site.meanSquare, expected.mean_square);
      close(site.gradientNorm / Math.sqrt(256 * site.units), expected.gradient_rms);
      const activation = found.activations[i];
      expect(activation.dead).toBe(expected.dead_units ?? null);
      const silent = activation.largest?.filter((peak) => peak === 0).length ?? null;
      expect(silent).toBe(expected.dead_units ?? null);
      close(activation.flat, expected.zero_share ?? expected.saturated_share ?? NaN, 1e-6);
    }
  });

  it('name the parameters between each and the one before', async () => {
    const { found } = await inside('relu12_he');
    const parameters = opened!.parameters.map(({ name }) => name);
    // Each layer has a weight and a bias; those of the last one are behind the last activation.
    const expected = found.depths.map((_, i) => parameters.slice(2 * i, 2 * i + 2));
    expect(found.depths.map((site) => site.parameters)).toEqual(expected);
    expect(found.activations.map((site) => site.parameters)).toEqual(expected);
  });

  it('keep a small variance around a large mean', async () => {
    const whole = await inside('sigmoid12');
    await opened!.dispose();
    const split = await inside('sigmoid12', { batch: 64 });
    // Deep units move by a few thousandths of their mean; later ones by less than the rounding of one unit.
    for (const i of [0, 3, 5]) close(split.found.depths[i].variance, whole.found.depths[i].variance, 1e-3);
    expect(whole.found.depths[5].variance).toBeLessThan(1e-6);
  });
});

describe('the gradient by the states of a recurrent layer', () => {
  it.each([
    ['rnn_half', 0.5],
    ['rnn_one', 1],
    ['rnn_oneandhalf', 1.5],
  ])('of %s agrees with float64 and falls by its gain', async (name, gain) => {
    const { truth, found } = await inside(name);
    const [sequence] = found.sequences;
    expect(sequence.steps).toHaveLength(20);
    for (const [t, norm] of truth.time.gradient_norm_by_step.entries()) close(sequence.norms[t]!, norm);
    for (let t = 1; t < 20; t++) close(sequence.carried![t - 1] / sequence.carried![t], gain, 1e-5);
    expect(sequence.matrix!.size).toBe(6);
  });
});
