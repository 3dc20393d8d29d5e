import { counted } from '../text/counts';
import { formatNumber } from '../text/numbers';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { Judgment } from './diagnostic';
import type { Limits } from './limits';
import type { Measurements } from './measurements';

type Read = Pick<Measurements, 'loss' | 'gradient' | 'noise'>;

/** Batch sizes at which the noise is told, besides the number of samples. */
const BATCHES = [1, 16, 64, 256];

/**
 * Judges whether chance dominates the gradient: whether the noise scale B = tr Σ/‖E g‖² exceeds the number N of samples.
 * With ‖E g‖² ≈ ‖g‖² − tr Σ/N this is the same as ‖g‖² < 2·tr Σ/N, so it includes every gradient below its standard
 * error. It is a statement about the data: as many other samples would give another direction.
 * @see McCandlish et al. 2018, arXiv:1812.06162
 */
export const gradientNoise = defineDiagnostic({
  id: 'gradient-noise',
  title: 'Gradient noise',
  needs: ['loss', 'gradient', 'noise'],
  shownIn: 'descent',
  source: 'McCandlish et al. 2018, arXiv:1812.06162',
  criterion: ({ gradientSignal }) =>
    `Present if ‖g‖² < ${gradientSignal}·tr Σ/N, that is, if the noise scale B = tr Σ/(‖g‖² − tr Σ/N) exceeds the number N of samples. Σ is the covariance of the gradients of single samples.`,
  diagnose(read: Read, limits) {
    const { trace, samples, standardError } = read.noise;
    const square = read.gradient.norm.value ** 2;
    const evidence = evidenceOf(read, limits);
    if (trace.value === 0) return absent('Every sample has the same gradient.', { evidence });
    const ratio = {
      value: square / standardError ** 2,
      error: (square * trace.error) / (standardError ** 2 * trace.value),
    };
    const size = `‖g‖ = ${formatNumber(Math.sqrt(square), 3)} with a standard error of ${formatNumber(standardError, 3)}`;
    if (read.gradient.norm.value <= read.gradient.norm.error) {
      return present(
        'info',
        `The gradient on all ${counted(samples, 'sample')} vanishes, so what is left in the gradient of a batch is chance, with a standard error of ${formatNumber(standardError, 3)}.`,
        { evidence },
      );
    }
    if (ratio.value - ratio.error > limits.gradientSignal) {
      return absent(
        `The gradient stands out from chance: ${size} on ${counted(samples, 'sample')}. ${advisedBatch(read)}`,
        { evidence },
      );
    }
    if (ratio.value + ratio.error > limits.gradientSignal) {
      return inconclusive(`Whether chance dominates the gradient is not certain: ${size}.`, {
        evidence,
        advice: ['Use --preset thorough, which computes the gradients of more samples.'],
      });
    }
    return present(
      'medium',
      `Chance dominates the gradient: ${size} on ${counted(samples, 'sample')}. ${counted(samples, 'other sample')} would give another direction.`,
      {
        evidence,
        // Near the end of training chance dominates every gradient.
        level: 'notice',
        advice: [
          'Use more samples before you read a direction from this gradient, in training as well as here.',
          'Late in training this is usual: lower the learning rate, raise the batch size, or average the weights over the last steps.',
        ],
      },
    );
  },
});

/** Says at which batch size chance and signal are equal. */
function advisedBatch({ noise: { unbiasedScale } }: Read): string {
  if (unbiasedScale === null) return '';
  return `Batches of about ${counted(Math.max(1, Math.round(unbiasedScale)), 'sample')} carry as much signal as chance; larger ones save few steps.`;
}

function evidenceOf({ gradient, noise }: Read, limits: Limits): Judgment['evidence'] {
  const { trace, samples, standardError, unbiasedScale } = noise;
  const relative = trace.value > 0 ? trace.error / trace.value : 0;
  const signal = Math.max(0, gradient.norm.value ** 2 - trace.value / samples);
  const batches = [...new Set([...BATCHES.filter((size) => size < samples), samples])];
  return [
    { name: 'tr Σ of the gradients of single samples', ...trace },
    ...(unbiasedScale === null
      ? []
      : [
          {
            name: 'noise scale B, in samples',
            value: unbiasedScale,
            error: unbiasedScale * relative,
            threshold: samples,
          },
        ]),
    {
      name: 'gradient norm / standard error',
      value: gradient.norm.value / standardError,
      error: 0,
      threshold: Math.sqrt(limits.gradientSignal),
    },
    ...batches.map((size) => ({
      name: `cosine of full gradient and that of ${counted(size, 'sample')}`,
      value: Math.sqrt(signal / (signal + trace.value / size)),
      error: 0,
    })),
  ].filter(({ value }) => Number.isFinite(value));
}
