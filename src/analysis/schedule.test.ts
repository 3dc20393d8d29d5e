import { describe, expect, it } from 'vitest';
import type { AnalysisOptions } from '../options/options';
import { resolveOptions } from '../options/presets';
import { MEASUREMENTS } from './measurements/table';
import { scheduleOf } from './schedule';

const model = { dim: 1e5, canDifferentiate: true, batches: 4 };
const scheduled = (options: AnalysisOptions, of: Partial<typeof model> = {}) =>
  scheduleOf(resolveOptions(options), { ...model, ...of }).map(({ measurement }) => measurement.id);

describe('the schedule', () => {
  it('includes everything in a preset, in the order of the table', () => {
    expect(scheduled({ learningRate: 0.1, testData: 'test.npz', planeCurvature: 3, basin: true })).toEqual(
      MEASUREMENTS.map(({ id }) => id),
    );
  });

  it('includes the named measurements and the loss', () => {
    expect(scheduled({ only: ['ggn'] })).toEqual(['loss', 'gaussNewton']);
  });

  it('measures what directions need before it draws lines and planes along them', () => {
    expect(scheduled({ only: ['plane'], plane: ['gradient,top/1'] })).toEqual([
      'loss',
      'gradient',
      'firstPicture',
      'curvatureAlong',
      'spectrum',
      'planes',
    ]);
  });

  it('lists every measurement after those it needs', () => {
    const lines: AnalysisOptions = { line: ['gradient', 'top/1', 'bottom/2'], plane: ['gradient,bottom/1'] };
    for (const [i, { id, needs }] of MEASUREMENTS.entries()) {
      const later = MEASUREMENTS.slice(i);
      for (const needed of needs?.(resolveOptions(lines)) ?? []) {
        // Early lines leave out those that wait for the spectrum.
        expect(later, `${id} needs ${needed.id}`).not.toContain(needed);
      }
    }
  });

  it('omits every measurement with derivatives if the model has none', () => {
    const ids = scheduled({ line: ['gradient'] }, { canDifferentiate: false });
    expect(ids).toEqual([
      'loss',
      'structure',
      'features',
      'earlyLines',
      'firstPicture',
      'numerics',
      'lines',
      'surrogate',
      'planes',
    ]);
  });

  it('has a cost for every step', () => {
    for (const { cost } of scheduleOf(resolveOptions({}), model)) expect(cost.losses).toBeGreaterThanOrEqual(0);
  });
});

it('every measurement has a unique id', () => {
  expect(new Set(MEASUREMENTS.map(({ id }) => id)).size).toBe(MEASUREMENTS.length);
});
