import { calibrationOf } from '../../dynamics/calibration';
import { lossConcentration } from '../../dynamics/lossConcentration';
import { worstSamples } from '../../dynamics/worstSamples';
import { rankCorrelation } from '../../numerics/rankCorrelation';
import type { SampleAnswers } from '../../objective/objective';
import type { Line } from '../../report/report';
import type { SurrogateMeasurement } from '../../report/sections/dynamics/surrogate';
import { loss } from './loss';
import { defineMeasurement } from './measurement';

/** The share of the samples that counts as the worst. */
const WORST = 0.05;
/** Fewest samples of which one is at most that share. */
const LEAST_SAMPLES = 20;
/** Points of the curve of what the worst samples carry. */
const CURVE_POINTS = 65;
/** Largest number of samples that the report lists. */
const LISTED = 20;
/** Fewest points of a line for a rank correlation. */
const LEAST_POINTS = 5;

/** Compares the loss, which is minimized, with the 0–1 error, which is meant, sample by sample and along the lines. */
export const surrogate = defineMeasurement({
  id: 'surrogate',
  title: 'Loss of single samples',
  part: 'dynamics',
  timedAs: 'dynamics',
  withoutDerivatives: true,
  needs: () => [loss],
  cost: () => ({ losses: 1, graphs: ['loss'] }),
  async measure({ objective, draft, signal }) {
    const answers = await objective.perSample({ signal });
    if (!answers) {
      draft.warn('The model gives one loss for a whole batch, so nothing is said about the losses of single samples.');
      return;
    }
    draft.addDynamics({ surrogate: surrogateOf(answers, draft.report.lines) });
  },
});

function surrogateOf(answers: SampleAnswers, lines: readonly Line[]): SurrogateMeasurement {
  const { losses, shares, classes } = answers;
  const worst = losses.length < LEAST_SAMPLES ? null : worstSamples(answers, WORST);
  const curve = lossConcentration(answers, CURVE_POINTS);
  const order = Array.from(losses, (_, i) => i).sort((i, j) => losses[j] - losses[i] || i - j);
  return {
    ...(worst
      ? {
          worst: {
            samples: worst.indices.length,
            share: worst.share,
            lossShare: worst.lossShare,
            ...(worst.errorShare === null ? {} : { errorShare: worst.errorShare }),
            ...(worst.lossPerError ? { lossPerError: worst.lossPerError } : {}),
          },
        }
      : {}),
    ...(curve
      ? { concentration: { samples: curve.samples, loss: curve.loss, ...(curve.error && { error: curve.error }) } }
      : {}),
    worstSamples: order.slice(0, LISTED).map((index) => ({
      index,
      loss: losses[index],
      ...(classes ? { wrong: classes.errors[index] > 0, confidence: classes.confidence[index] } : {}),
    })),
    ...(classes
      ? {
          errorRate: classes.errors.reduce((sum, error, i) => sum + shares[i] * error, 0),
          calibration: calibrationOf(classes.bins),
        }
      : {}),
    rankCorrelation: lines.flatMap((line) => rankCorrelationAlong(line) ?? []),
  };
}

/** Correlates the ranks of loss and 0–1 error over the measured points; null where there are too few, or one is constant. */
function rankCorrelationAlong({ direction, loss, accuracy, evaluated }: Line) {
  if (!accuracy) return null;
  const measured = loss.flatMap((value, i) => {
    const isMeasured = evaluated?.[i] !== false && Number.isFinite(value) && Number.isFinite(accuracy[i]);
    return isMeasured ? [{ loss: value, error: 1 - accuracy[i] }] : [];
  });
  if (measured.length < LEAST_POINTS) return null;
  const value = rankCorrelation(
    measured.map(({ loss }) => loss),
    measured.map(({ error }) => error),
  );
  if (Number.isNaN(value)) return null;
  return [{ direction, points: measured.length, value, error: 1 / Math.sqrt(measured.length - 1) }];
}
