import { gradientNoise } from '../../dynamics/gradientNoise';
import type { Preset } from '../../options/options';
import type { ResolvedOptions } from '../../options/presets';
import { gradient, gradientIsWanted } from './gradient';
import { defineMeasurement, LOSSES } from './measurement';

/** Largest number of samples whose gradients are computed. Each is a run of its own. */
const MOST: Record<Preset, number> = { quick: 512, standard: 1024, thorough: 4096 };
/** Gradients of single samples cost this factor more than those of batches. */
const SINGLE = 2;

/** Measures how far the gradients of single samples spread, and from that the sampling error of ∇L. */
export const noise = defineMeasurement({
  id: 'noise',
  title: 'Noise of the gradient',
  part: 'gradient',
  timedAs: 'gradient',
  applies: (options: ResolvedOptions) => gradientIsWanted(options) && options.noise,
  needs: () => [gradient],
  cost: () => ({ losses: SINGLE * LOSSES.gradient, graphs: ['gradient', 'single'] }),
  savings: [{ order: 3.6, left: 'the noise of the gradient', apply: (options) => ({ ...options, noise: false }) }],
  async measure({ objective, options: { preset }, draft, signal, found }) {
    const vector = found(gradient);
    const known = draft.report.gradient;
    if (!vector || !known) return;
    const squares = await objective.deviations(vector, MOST[preset], signal);
    const { samples } = objective;
    const measured = squares && gradientNoise(squares, { samples, gradientNorm: known.norm });
    if (!measured) {
      if (samples > 1) {
        draft.warn(
          'The gradients of single samples cannot be computed: the file fixes the size of its batches, or samples of a batch affect each other. The noise of the gradient is left out.',
        );
      }
      return;
    }
    const { traceOfCovariance, gradientStandardError: samplingError, samplesUsed } = measured;
    const meanSquaredSampleNorm = (traceOfCovariance.value * (samples - 1)) / samples + known.norm ** 2;
    draft.add({
      gradient: { ...known, samplingError, meanSquaredSampleNorm, samplesUsed },
      dynamics: { ...draft.report.dynamics, noise: measured },
    });
  },
});
