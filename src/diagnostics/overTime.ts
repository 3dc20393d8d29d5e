import { counted } from '../text/counts';
import { formatNumber, formatCompact } from '../text/numbers';
import type { Judgment } from './diagnostic';
import type { Limits } from './limits';
import type { Measurements } from './measurements';
import { boundsOf } from './rates';

type Sequence = Measurements['time'][number];

/** Whether the gradient of a sequence changes geometrically, beyond the error of its rate, and to which side. */
export function directionOf({ rate }: Sequence, limits: Limits): 'falls' | 'grows' | 'unclear' {
  if (!rate) return 'unclear';
  const { low, high } = boundsOf(rate, limits);
  if (high < 1) return 'falls';
  return low > 1 ? 'grows' : 'unclear';
}

/** "In «rnn», 19 steps back in time change the gradient by a factor of 1.9 × 10⁻⁶, 0.5 per step" */
export function sequenceSentence({ layer, steps, factor, rate }: Sequence): string {
  const perStep = rate ? `, ${formatCompact(rate.value, rate.error)} per step` : '';
  return `in «${layer}», ${counted(steps, 'step')} back in time change the gradient by a factor of ${formatNumber(factor, 3)}${perStep}`;
}

/** The figures of a sequence; the spectral radius is told beside them, but decides nothing. */
export function sequenceEvidence(sequences: readonly Sequence[], threshold: number): Judgment['evidence'] {
  return sequences.flatMap(({ layer, factor, rate, spectralRadius, spectralNorm }) => {
    const of = sequences.length > 1 ? `, «${layer}»` : '';
    return [
      { name: `gradient at the first step / last step${of}`, value: factor, error: 0, threshold },
      ...(rate ? [{ name: `factor per step back in time${of}`, ...rate, threshold: 1 }] : []),
      ...(spectralRadius === undefined
        ? []
        : [{ name: `spectral radius of the recurrent matrix${of}`, value: spectralRadius, error: 0 }]),
      ...(spectralNorm === undefined
        ? []
        : [{ name: `spectral norm of the recurrent matrix${of}`, value: spectralNorm, error: 0 }]),
    ];
  });
}

/** Steps after which a gradient of this rate has changed by a factor. */
export function stepsFor(factor: number, rate: number): number {
  return Math.ceil(Math.abs(Math.log(factor) / Math.log(rate)));
}

export function capitalized(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
