import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AnalysisOptions } from '../options/options';
import { expectTime } from './expectedTime';
import { inspect } from './inspect';

const model = resolve(import.meta.dirname, '../../media/sample/lenet.onnx');
const timeOf = async (options: AnalysisOptions, available = 60_000) => (await expectTime(model, options, available))!;

describe('the expected time', () => {
  it('grows with the samples of the data, which presets and options limit', async () => {
    const [few, many] = [await timeOf({}, 1000), await timeOf({})];
    expect(few.standard.samples).toBe(1000);
    expect(many.standard.samples).toBe(60_000);
    // Besides the passes over the data, an analysis builds graphs and writes gradients.
    expect(many.standard.seconds).toBeGreaterThan(20 * few.standard.seconds);
    expect(many.standard.seconds).toBeLessThanOrEqual(60 * few.standard.seconds);
    expect(many.quick.samples).toBe(512);
    expect((await timeOf({ samples: 2000 })).standard.samples).toBe(2000);
  });

  it('is shorter for fewer parts', async () => {
    const { standard } = await timeOf({ only: ['loss'] });
    expect(standard.seconds).toBeLessThan(0.1 * (await timeOf({})).standard.seconds);
  });

  it('of an inspection is that of 1,000 samples', async () => {
    const { expectedSeconds } = await inspect(model, {});
    const { quick, standard, thorough } = await timeOf({}, 1000);
    expect(expectedSeconds).toEqual({ quick: quick.seconds, standard: standard.seconds, thorough: thorough.seconds });
  });
});
