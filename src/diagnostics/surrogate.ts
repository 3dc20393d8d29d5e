import { formatCount } from '../text/counts';
import { formatNumber, formatPercent, formatShare, formatCompact } from '../text/numbers';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { Judgment } from './diagnostic';
import type { Measurements } from './measurements';

/** Number of samples that the advice names. */
const NAMED = 12;

/**
 * Surrogate: training minimizes a loss in place of the 0–1 error. The two part where a few samples dominate the loss
 * but not the error. Both are taken relative to chance, the best answer that ignores the input: let the worst samples
 * cost A of the loss and E of the accuracy. A sample that is wrong as chance is wrong has A/L_chance = E/E_chance. The
 * loss suffers more than the accuracy where
 *   r = (A/L_chance)/(E/E_chance) > 1.
 * Where none of these samples is wrong, the loss has no disagreement with the accuracy: only margins are left.
 * @see Goodfellow, Bengio & Courville 2016, Deep Learning, section 8.1.2
 */
export const surrogate = defineDiagnostic({
  id: 'surrogate',
  title: 'Loss of a few samples',
  needs: ['surrogate', 'loss'],
  shownIn: 'samples',
  source: 'Goodfellow, Bengio & Courville 2016, Deep Learning, 8.1.2; Guo et al. 2017, arXiv:1706.04599',
  criterion: ({ dominatingLossShare }) =>
    `Present if the worst 5 % of the samples carry at least ${formatPercent(dominatingLossShare)} of the loss, and r = (A/L_chance)/(E/E_chance) > 1 beyond its standard error, where these samples cost A of the loss and E of the accuracy.`,
  diagnose({ surrogate, loss }, limits) {
    const { worst } = surrogate;
    const { samples, lossShare, errorShare } = worst;
    const carried = `The worst ${formatCount(samples)} of ${formatCount(loss.samples)} samples carry ${formatShare(lossShare.value, lossShare.error)} of the loss`;
    const limit = limits.dominatingLossShare;
    const details = { evidence: evidenceOf(surrogate, limit) };
    if (lossShare.value + lossShare.error < limit) return absent(`${carried}, less than all others together.`, details);
    if (errorShare !== undefined && !worst.lossPerError) {
      return absent(
        `${carried}, but all of them are answered rightly: what is left of the loss is how surely.`,
        details,
      );
    }
    if (lossShare.value - lossShare.error < limit) {
      return inconclusive(`${carried}, which cannot be told from ${formatPercent(limit)}.`, details);
    }
    const advice = [checkLabels(surrogate)];
    if (errorShare === undefined) {
      return inconclusive(
        `${carried}. Here the loss is what is meant, so only the targets can tell whether these samples are outliers or wrong.`,
        { ...details, advice },
      );
    }
    const unit = chanceLossPerError(loss);
    if (unit === null || !worst.lossPerError) {
      const unknown = 'The loss and the accuracy of chance are not known, so the two cannot be compared.';
      return inconclusive(`${carried}. ${unknown}`, { ...details, advice });
    }
    const ratio = { value: worst.lossPerError.value / unit, error: worst.lossPerError.error / unit };
    const [share, ...others] = details.evidence;
    const evidence = [share, { name: 'loss per error over that of chance', ...ratio, threshold: 1 }, ...others];
    const times = formatCompact(ratio.value, ratio.error);
    const cost = `and ${formatPercent(errorShare)} of the accuracy`;
    if (ratio.value + ratio.error < 1) {
      return absent(
        `${carried} ${cost}. Loss and accuracy suffer from them alike: a wrong answer costs ${times} times the loss of a chance answer.`,
        { evidence },
      );
    }
    if (ratio.value - ratio.error <= 1) {
      return inconclusive(
        `${carried} ${cost}. A wrong answer costs ${times} times the loss of a chance answer, which cannot be told from once.`,
        { evidence, advice },
      );
    }
    return present(
      'medium',
      `${carried}, but only ${formatPercent(errorShare)} of the accuracy. A wrong answer costs ${times} times the loss of a chance answer.`,
      {
        evidence,
        advice: [
          ...advice,
          'If the labels are right, limit what one sample can cost: label smoothing, a robust loss (generalized cross-entropy, arXiv:1805.07836), or fewer steps.',
          'Choose the model by its accuracy on other data: the loss of these samples hides how the rest does.',
        ],
      },
    );
  },
});

/** The loss of chance over its 0–1 error; null where it is not known or not positive. */
function chanceLossPerError({ chance, chanceAccuracy }: Measurements['loss']): number | null {
  if (chance === null || chanceAccuracy === null) return null;
  return chance > 0 && chanceAccuracy < 1 ? chance / (1 - chanceAccuracy) : null;
}

function checkLabels({ worst, worstSamples }: Measurements['surrogate']): string {
  const named = worstSamples.slice(0, Math.min(NAMED, worst.samples));
  const list = named.map(({ index, loss }) => `${index} (${formatNumber(loss, 2)})`).join(', ');
  return `Check the targets of the worst samples, counted from 0, with their losses: ${list}.`;
}

function evidenceOf(
  { worst, errorRate, calibration, rankCorrelation }: Measurements['surrogate'],
  threshold: number,
): Judgment['evidence'] {
  const exact = (name: string, value: number | undefined) => (value === undefined ? [] : [{ name, value, error: 0 }]);
  return [
    { name: 'share of the loss carried by the worst samples', ...worst.lossShare, threshold },
    ...exact('accuracy that these samples cost', worst.errorShare),
    ...exact('0–1 error', errorRate),
    ...(calibration ? [{ name: 'expected calibration error', ...calibration.expectedError }] : []),
    ...rankCorrelation.map(({ direction, value, error }) => ({
      name: `rank correlation of loss and 0–1 error along «${direction}»`,
      value,
      error,
    })),
  ];
}
