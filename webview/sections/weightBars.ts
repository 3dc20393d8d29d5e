import type { RescalingMeasurement } from '../../src/report/sections/dynamics/rescaling';
import type { WeightMeasurement } from '../../src/report/sections/dynamics/weights';
import { counted } from '../../src/text/counts';
import type { FactorBar } from '../charts/factors';

/** The scale of every tensor over that of its rule of initialization, in the order of the network. */
export function scaleBars(weights: readonly WeightMeasurement[]): FactorBar[] {
  return weights.flatMap(({ parameter, ratio, rule }) =>
    ratio === undefined || rule === undefined
      ? []
      : [{ name: parameter, value: ratio, note: `rule: ${rule === 'he' ? 'He' : 'Glorot'}` }],
  );
}

/** The norms of incoming over outgoing weights, divided by the ratio that unequal widths alone bring about. */
export function balanceBars(pairs: RescalingMeasurement['pairs']): FactorBar[] {
  return pairs.map(({ first, second, units, ratio, expected }) => ({
    name: `${layerName(first)} → ${layerName(second)}`,
    value: ratio.geometricMean / expected,
    range: { least: ratio.least / expected, greatest: ratio.greatest / expected },
    note: `mean over ${counted(units, 'unit')}`,
  }));
}

/** "layer1" for "layer1.weight": a pair of names has to fit beside its bar. */
function layerName([name = '']: readonly string[]): string {
  return name.replace(/[./]weight$/, '');
}
