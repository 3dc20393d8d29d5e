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
 * flat point at a low loss is a flat minimum and no fault, and a point where every direction curves up is not flat.
 * Chance is the best answer that ignores the input. Weight decay does not depend on the input, so the loss and its
 * decrease are judged without it.
 * @see Glorot & Bengio 2010 (sigmoid layers); Ainsworth & Shin 2020, arXiv:2007.07213 (plateau phenomenon)
 */
export const flatRegion = defineDiagnostic({
  id: 'flat-region',
  title: 'Flat region (plateau)',
  needs: ['loss', 'gradient'],
  uses: ['parameterNorm', 'layers', 'extremes', 'descent', 'escape', 'elsewhere'],
  shownIn: 'plane',
  source: 'Ainsworth & Shin 2020, arXiv:2007.07213',
  criterion: ({ chanceLoss, learningStep, vanishedShare }) =>
    `Present if the loss is at least ${formatPercent(chanceLoss)} of the chance loss, neither a gradient step nor a way out gets ${formatPercent(learningStep)} below it, and either g has vanished, ${formatPercent(vanishedShare)} of the weights receive none of it, or L-BFGS comes to rest no lower. ‖gₗ‖·‖Wₗ‖ tells what the weights of a layer receive. Absent where every direction curves up.`,
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
      evidence.push({ name: 'share of weights with vanished gradient', value, error: 0, threshold });
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
    if (data.value < limits.chanceLoss * loss.chance && !(still && curvesUp(read)))
      return belowChance(standing, point, data.value / loss.chance, limits, details);

    const leadsOut = gain !== null && data.value - gain < (1 - limits.learningStep) * Math.min(data.value, loss.chance);
    if (leadsOut) return absent(`No plateau: ${standing}, but ${point.sentence}`, details);
    if (still && curvesDown(read, limits)) {
      return absent(
        `Flat to first order only: ${standing}, but strong negative curvature leads out (see the saddle).`,
        details,
      );
    }
    if (still && curvesUp(read)) {
      return absent(
        `Not flat: ${standing}, but every direction curves up (see the minimum). No answer close to these weights is better.`,
        details,
      );
    }
    // Far above chance the descent may only have stopped on its way.
    const isAtChance = data.value * limits.chanceLoss <= loss.chance;
    const rest = !asleep && isAtChance ? restsAtChance(read, limits) : null;
    if (rest !== null) {
      evidence.push({ name: '(loss where L-BFGS comes to rest) / chance loss', value: rest / loss.chance, error: 0 });
      return present(
        'high',
        `Plateau: ${standing}, and from here L-BFGS comes to rest at ${formatNumber(rest, 3)}, no lower than chance.`,
        { evidence, advice: adviceFor(true) },
      );
    }
    if (asleep) {
      return present(
        'high',
        `Plateau: ${standing}, ${formatPercent(vanished)} of the weights get almost no gradient, and what gradient there is does not lead below chance.`,
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
    return point.nearness === 'unclear' && !falls(point, limits)
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
  if (falls(point, limits)) return absent(`No plateau: ${standing}, and it still falls. ${point.sentence}`, details);
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

/** Whether the loss falls on these samples. Whether they stand for all data is another question than flatness. */
function falls({ nearness, relativeDecrease: gain }: Stationarity, { descendingDecrease }: Limits): boolean {
  if (nearness === 'descending') return true;
  return nearness === 'unclear' && gain !== null && gain.value - gain.error >= descendingDecrease;
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

/** Whether the loss certainly curves up in every direction, as far as Lanczos sees. */
function curvesUp({ extremes }: Read): boolean {
  return (
    extremes !== undefined && (extremes.exact || extremes.min.converged) && extremes.min.value > extremes.min.error
  );
}

/** The loss at which L-BFGS came to rest, if that is no lower than chance; null otherwise. It holds weight decay, if any. */
function restsAtChance({ loss, elsewhere }: Read, { learningStep }: Limits): number | null {
  if (!elsewhere?.descent.settled || loss.weightDecay || loss.chance === null) return null;
  const { loss: reached } = elsewhere.descent;
  return reached >= (1 - learningStep) * loss.chance ? reached : null;
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
