import type { WeightMeasurement } from '../report/sections/dynamics/weights';
import { counted } from '../text/counts';
import { formatNumber } from '../text/numbers';
import type { Judgment } from './diagnostic';
import type { Limits } from './limits';
import type { Measurements } from './measurements';
import type { SignalChain } from './signalChain';
import { signalChains } from './signalChain';

/** How the scale of the signal changes with depth. */
export interface SignalCourse {
  /** A change beyond the limit, in words. */
  found: string | null;
  /** A change that the weights make likely, where the signal itself was not measured. */
  possible: string | null;
  /** What the data show, as a sentence after another one; empty where nothing was measured. */
  measured: string;
  evidence: Judgment['evidence'];
}

/** |log| */
export const size = (factor: number): number => Math.abs(Math.log(factor));

/**
 * Measured on the data where possible. A bounded activation hides from its own output how large its input is, so there
 * the weights decide. Elsewhere they decide alone only if nothing was measured, and only far beyond the limit: poolings
 * and biases change the signal as well. Where normalizations are, neither tells anything.
 */
export function courseOf(
  weights: readonly WeightMeasurement[],
  depth: Measurements['depth'] | undefined,
  { signalOverDepth }: Limits,
): SignalCourse {
  const limit = Math.log(signalOverDepth);
  const isNormalized = weights.some(({ kind, end }) => kind === 'scale' || end.endsWith('normalization'));
  const [chain] = signalChains(weights).sort((a, b) => size(b.factor) - size(a.factor));
  const course: SignalCourse = { found: null, possible: null, measured: '', evidence: [] };
  if (chain && size(chain.factor) >= limit) {
    course.evidence.push({
      name: `mean square over ${counted(chain.layers.length, 'layer')}, by the weights`,
      value: chain.factor,
      error: 0,
      threshold: chain.factor < 1 ? 1 / signalOverDepth : signalOverDepth,
    });
    if (chain.isBounded) course.found = toldChain(chain);
  }
  // Beside a trunk, no single place shows the whole signal.
  const signal = depth?.trunk ? depth.layers : [];
  if (signal.length > 1 && !isNormalized) {
    const [first, last] = [signal[0], signal[signal.length - 1]];
    const factor = last.meanSquare / first.meanSquare;
    if (Number.isNaN(factor)) return course;
    const told = `from «${first.layer}» to «${last.layer}» the mean square of the signal is multiplied by ${formatNumber(factor, 2)}`;
    course.evidence.push({
      name: 'mean square, last hidden layer / first',
      value: factor,
      error: 0,
      threshold: factor < 1 ? 1 / signalOverDepth : signalOverDepth,
    });
    course.measured = ` On the data, ${told}.`;
    if (size(factor) >= limit) course.found ??= `On the data, ${told}: it ${factor > 1 ? 'grows' : 'dies'} with depth.`;
  } else if (chain && !chain.isBounded && size(chain.factor) >= limit) {
    if (size(chain.factor) >= 2 * limit) course.found = toldChain(chain);
    else course.possible = `${toldChain(chain)} That is near the limit, and the signal itself was not measured.`;
  }
  return course;
}

function toldChain({ layers, factor, isBounded }: SignalChain): string {
  const rate = factor ** (1 / layers.length);
  const [first, last] = [layers[0].parameter, layers[layers.length - 1].parameter];
  const grown = isBounded ? 'The units saturate, and the gradient grows towards the input' : 'The signal grows';
  return `From «${first}» to «${last}» each layer multiplies the mean square of its input by ${formatNumber(rate, 2)} where the rules give 1, over ${counted(layers.length, 'layer')} by ${formatNumber(factor, 2)}. ${factor > 1 ? grown : 'The signal dies'} with depth.`;
}
