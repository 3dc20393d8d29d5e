import { formatNumber } from '../text/numbers';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { Limits } from './limits';
import type { Measurements } from './measurements';
import { directionOf, sequenceEvidence, sequenceSentence } from './overTime';

/**
 * Judges whether the gradient that comes back from the last step of a recurrence grows on its way to the first one.
 * @see Pascanu, Mikolov & Bengio 2013, arXiv:1211.5063
 */
export const explodingOverTime = defineDiagnostic({
  id: 'exploding-over-time',
  title: 'Exploding gradient over time',
  needs: ['time'],
  shownIn: 'inside',
  source: 'Pascanu, Mikolov & Bengio 2013, arXiv:1211.5063',
  criterion: ({ explodingFactor, explodedFactor }) =>
    `‖∂L/∂h_t‖ at the first step over that at the last, measured. Present from ${formatNumber(explodedFactor)} on, or from ${formatNumber(explodingFactor)} on if it grows by a fixed factor per step beyond its error.`,
  diagnose({ time }: Pick<Measurements, 'time'>, limits: Limits) {
    const worst = time.reduce((a, b) => (b.factor > a.factor ? b : a));
    const sentence = sequenceSentence(worst);
    const details = { evidence: sequenceEvidence(time, limits.explodingFactor) };
    const isGeometric = directionOf(worst, limits) === 'grows';
    if (worst.factor >= limits.explodedFactor || (isGeometric && worst.factor >= limits.explodingFactor)) {
      const severity = worst.factor >= limits.explodedFactor ? 'high' : 'medium';
      return present(severity, `The gradient grows back in time: ${sentence}.`, {
        ...details,
        advice: [
          'Clip the norm of the gradient (Pascanu et al. 2013), so that one long sequence does not undo the training.',
          'Shrink the recurrent weights, or start them from an orthogonal matrix; LSTM and GRU cells bound the growth.',
          'Shorter sequences, or truncated backpropagation, cut the growth off.',
        ],
      });
    }
    if (worst.factor >= limits.explodingFactor) {
      return inconclusive(
        `The gradient is larger at the first steps, but does not grow steadily: ${sentence}.`,
        details,
      );
    }
    return absent(`The gradient does not grow back in time: ${sentence}.`, details);
  },
});
