import { formatNumber, formatPercent } from '../text/numbers';
import { dataLoss, nearnessOfData } from './dataLoss';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { Judgment } from './diagnostic';
import type { Limits } from './limits';
import type { Measurements } from './measurements';
import { wayOut } from './wayOut';
import { stationarity } from './stationarity';
import type { Stationarity } from './stationarity';
import { gradientProfile } from './gradientProfile';

type Read = Pick<Measurements, 'loss' | 'gradient'> & Partial<Measurements>;

/**
 * Judges whether θ lies in a flat region (plateau): the model is hardly better than chance, and neither the gradient
 * nor negative curvature leads out. No step along −g brings the loss below chance, and most weights get no gradient. A
 * flat point at a low loss is a flat minimum and no fault. Chance is the best answer that ignores the input. Weight
 * decay does not depend on the input, so the loss and its decrease are judged without it.
 * @see Glorot & Bengio 2010 (sigmoid layers); Ainsworth & Shin 2020, arXiv:2007.07213 (plateau phenomenon)
 */
export const flatRegion = defineDiagnostic({
  id: 'flat-region',
  title: 'Flat region (plateau)',
  needs: ['loss', 'gradient'],
  uses: ['parameterNorm', 'layers', 'extremes', 'descent', 'escape'],
  shownIn: 'plane',
  source: 'Ainsworth & Shin 2020, arXiv:2007.07213',
  criterion: ({ chanceLoss, learningStep, vanishedShare }) =>
    `Present if the loss is at least ${formatPercent(chanceLoss)} of the chance loss, neither a gradient step nor a way out gets ${formatPercent(learningStep)} below it, and g has vanished or ${formatPercent(vanishedShare)} of the parameters receive none of it.`,
  diagnose(read: Read, limits) {
    const { loss } = read;
    const whole = stationarity(read, limits);
    const profile = read.layers ? gradientProfile(read.layers, limits) : null;
    const vanished = profile?.towardsInput ? profile.share : 0;
    const data = dataLoss(read, whole);
    const point = nearnessOfData(whole, data, limits);
    const gain = data.decrease?.value ?? null;
    const evidence: Judgment['evidence'] = [...point.evidence];
    if (loss.chance !== null) {
      evidence.unshift({
        name: 'loss / chance loss',
        value: data.value / loss.chance,
        error: data.error / loss.chance,
        threshold: limits.chanceLoss,
      });
      if (gain !== null) {
        const reached = (data.value - gain) / loss.chance;
        evidence.push({
          name: '(loss after one gradient step) / chance loss',
          value: reached,
          error: (data.decrease?.error ?? 0) / loss.chance,
          threshold: (1 - limits.learningStep) * Math.min(1, data.value / loss.chance),
        });
      }
    }
    // Reports of earlier versions do not say how often the most frequent class is right.
    const chanceAccuracy = loss.chanceAccuracy ?? (loss.classes ? 1 / loss.classes : null);
    if (loss.accuracy !== null && chanceAccuracy) {
      evidence.push({ name: 'accuracy / chance accuracy', value: loss.accuracy / chanceAccuracy, error: 0 });
    }
    if (profile) {
      const { share: value } = profile;
      const threshold = limits.vanishedShare;
      evidence.push({ name: 'share of parameters with vanished gradient', value, error: 0, threshold });
    }
    const details = { evidence };
    const asleep = vanished >= limits.vanishedShare;
    const still = point.nearness === 'zero' || point.nearness === 'stationary';

    if (loss.chance === null || !(loss.chance > 0)) {
      return still || asleep
        ? inconclusive(
            `The ground is flat, but what loss the model could reach is not known here. ${point.sentence}`,
            details,
          )
        : absent(`The loss is not flat: ${point.sentence}`, details);
    }
    const named = loss.weightDecay ? 'the loss without weight decay' : 'the loss';
    const standing = `${named}, ${formatNumber(data.value, 3)}, is ${formatPercent(data.value / loss.chance)} of what guessing without the input gives (${formatNumber(loss.chance, 3)})`;
    if (still && escapes(read, data.value, limits)) {
      return absent(`Flat to first order only: ${standing}. ${wayOut(read.escape!.best!)}`, details);
    }
    if (data.value < limits.chanceLoss * loss.chance)
      return belowChance(standing, point, data.value / loss.chance, limits, details);

    const leadsOut = gain !== null && data.value - gain < (1 - limits.learningStep) * Math.min(data.value, loss.chance);
    if (leadsOut) return absent(`No plateau: ${standing}, but ${point.sentence}`, details);
    if (still && curvesDown(read, limits)) {
      return absent(
        `Flat to first order only: ${standing}, but strong negative curvature leads out (see the saddle).`,
        details,
      );
    }
    if (asleep) {
      return present(
        'high',
        `Plateau: ${standing}, ${formatPercent(vanished)} of the parameters get almost no gradient, and what gradient there is does not lead below chance.`,
        { evidence, advice: adviceFor(asleep) },
      );
    }
    if (still)
      return present(
        'high',
        `Plateau: ${standing}, and the gradient ${loss.weightDecay ? 'of the data ' : ''}has vanished. ${point.sentence}`,
        {
          evidence,
          advice: adviceFor(asleep),
        },
      );
    return point.nearness === 'unclear'
      ? inconclusive(`Perhaps a plateau: ${standing}. ${point.sentence}`, details)
      : absent(`No plateau: ${standing}, but the loss still falls. ${point.sentence}`, details);
  },
});

/** Judges a model whose loss is below chance. Flat ground is a plateau only if much is left to reach. */
function belowChance(
  standing: string,
  point: Stationarity,
  fraction: number,
  limits: Limits,
  details: Pick<Judgment, 'evidence'>,
): Judgment {
  if (point.nearness === 'descending')
    return absent(`No plateau: ${standing}, and it still falls. ${point.sentence}`, details);
  if (fraction < limits.reachedLoss) {
    return absent(
      `No plateau: ${standing}. Flat ground at so low a loss is the bottom of a valley, which is where training should end.`,
      details,
    );
  }
  return inconclusive(
    `The ground is nearly flat and ${standing}: this may be a minimum for this model, or a plateau on the way down. ${point.sentence}`,
    {
      ...details,
      advice: [
        'Compare with the training curve: did the loss stop falling here, and did a larger learning rate or another seed get further?',
      ],
    },
  );
}

/** Whether a way out was found that lowers the loss noticeably, measured from chance where the loss is above it. */
function escapes({ loss, escape }: Read, value: number, limits: Limits): boolean {
  const reached = escape?.best ? value - escape.best.decrease.value : Infinity;
  return reached < (1 - limits.learningStep) * Math.min(value, loss.chance ?? Infinity);
}

function curvesDown({ extremes }: Read, limits: Limits): boolean {
  if (!extremes || extremes.negative === 0) return false;
  return -extremes.min.value >= limits.strongNegativeCurvature * Math.max(extremes.max.value, -extremes.min.value);
}

function adviceFor(asleep: boolean): string[] {
  const advice = [
    'Change the start or the network rather than wait: He or Glorot initialisation, ReLU or GELU, normalisation layers, residual connections.',
    'Check that the inputs are scaled (mean 0, variance 1) and that the labels belong to the inputs.',
  ];
  return asleep
    ? advice
    : [
        ...advice,
        'Use gradient noise, smaller batches, or a learning-rate warm-up to a larger rate, to walk off the plateau.',
      ];
}
