import { formatNumber } from '../text/numbers';
import { counted } from '../text/counts';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { Limits } from './limits';
import type { Measurements } from './measurements';
import { capitalized, directionOf, sequenceEvidence, sequenceSentence, stepsFor } from './overTime';

/**
 * Judges whether the gradient that comes back from the last step of a recurrence has vanished at the first one. It is
 * measured, because the spectral radius of the recurrent matrix leaves out the activations and holds only in the limit.
 * @see Bengio, Simard & Frasconi 1994; Pascanu, Mikolov & Bengio 2013, arXiv:1211.5063
 */
export const vanishingOverTime = defineDiagnostic({
  id: 'vanishing-over-time',
  title: 'Vanishing gradient over time',
  needs: ['time'],
  shownIn: 'inside',
  source: 'Bengio, Simard & Frasconi 1994; Pascanu et al. 2013, arXiv:1211.5063',
  criterion: ({ vanishedFactor }) =>
    `‖∂L/∂h_t‖ at the first step over that at the last, measured. Present at ${formatNumber(vanishedFactor)} or less; inconclusive if it falls by a fixed factor per step that would take a longer sequence to get there.`,
  diagnose({ time }: Pick<Measurements, 'time'>, limits: Limits) {
    const worst = time.reduce((a, b) => (b.factor < a.factor ? b : a));
    const sentence = sequenceSentence(worst);
    const evidence = sequenceEvidence(time, limits.vanishedFactor);
    const advice = adviceFor(worst);
    if (worst.factor <= limits.vanishedFactor) {
      const severity = worst.factor <= limits.lostFactor ? 'high' : 'medium';
      return present(severity, `The first steps get no gradient from the last one: ${sentence}.`, { evidence, advice });
    }
    const { rate } = worst;
    if (rate && directionOf(worst, limits) === 'falls' && worst.factor <= 1 / limits.explodingFactor) {
      const reach = counted(stepsFor(limits.vanishedFactor, rate.value), 'step');
      return inconclusive(
        `The gradient fades over time: ${sentence}. It would take ${reach} to vanish, more than these sequences have.`,
        { evidence, advice },
      );
    }
    return absent(`The gradient reaches the first step: ${sentence}.`, { evidence });
  },
});

function adviceFor({ layer, spectralRadius, rate }: Measurements['time'][number]): string[] {
  const reach = rate && rate.value < 1 ? counted(stepsFor(0.1, rate.value), 'step') : null;
  return [
    ...(reach
      ? [`${capitalized(`«${layer}»`)} learns from about ${reach} back: there a tenth of the gradient is left.`]
      : []),
    spectralRadius === undefined
      ? 'Open the forget gates at the start (a bias of 1 or 2), so that the state is kept.'
      : 'Use LSTM or GRU cells, or start the recurrent matrix from the identity or an orthogonal matrix.',
    'Attention, or a loss at every step, gives the early steps a shorter way.',
  ];
}
