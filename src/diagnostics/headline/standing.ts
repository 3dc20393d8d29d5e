import type { Level, Report } from '../../report/report';
import { counted } from '../../text/counts';
import { formatNumber, formatPercent, formatCompact } from '../../text/numbers';
import type { Limits } from '../limits';
import { lossUnit } from '../lossUnit';
import type { Measurements } from '../measurements';
import { promisesTooMuch, stationarity } from '../stationarity';
import type { Stationarity } from '../stationarity';
import { atRest } from './atRest';
import type { Read, Standing, Verdicts } from './reading';
import { rateBound } from './rates';

/**
 * States where the training stands: broken numbers before divergence, plateaus, overfitting and maxima, and otherwise by
 * what a step along −g gains.
 */
export function standingOf(report: Report, read: Partial<Measurements>, verdicts: Verdicts, limits: Limits): Standing {
  const broken = brokenNumbers(read, verdicts);
  if (broken) return broken;
  const { loss, gradient } = read;
  if (!loss) return open('No loss was measured.', 'Run the analysis to its end.');
  if (!gradient) {
    return open(
      `The loss is ${formatCompact(loss.value, loss.error)}; where the training stands was not measured.`,
      isAsked(report)
        ? 'A gradient could not be measured: the notes below say why.'
        : 'Measure the part «gradient», which tells whether the loss still falls.',
    );
  }
  const known = { ...read, loss, gradient };
  const point = stationarity(known, limits);
  return (
    diverging(known, verdicts) ??
    plateau(known, verdicts) ??
    overfitted(known, verdicts) ??
    misled(known, verdicts) ??
    byNearness(known, verdicts, point, limits)
  );
}

/** Whether the gradient was asked for. */
const isAsked = ({ provenance: { options } }: Report): boolean => options.only?.includes('gradient') ?? true;

function byNearness(read: Read, verdicts: Verdicts, point: Stationarity, limits: Limits): Standing {
  switch (point.nearness) {
    case 'descending':
      return descending(read, verdicts, point, limits);
    case 'unclear':
      return unclear(read, verdicts, point, limits);
    default:
      return atRest(read, verdicts, point);
  }
}

/** The loss, its gradient or the outputs of the graph are NaN or ∞. */
function brokenNumbers({ numerics }: Partial<Measurements>, verdicts: Verdicts): Standing | null {
  const finding = verdicts('numerical-trouble');
  if (finding?.verdict !== 'present' || finding.severity !== 'high') return null;
  const what = numerics?.loss
    ? `the loss is ${formatNumber(numerics.loss.value)}`
    : numerics?.gradient
      ? `the gradient is ${formatNumber(numerics.gradient.value)}`
      : 'outputs of the model are not finite';
  const [advice = 'See which node of the graph makes the first value that is not finite.'] = finding.advice;
  return { state: `Numerically broken: ${what}.`, next: advice, level: 'action', tells: ['numerical-trouble'] };
}

function diverging({ stability, extremes }: Read, verdicts: Verdicts): Standing | null {
  const finding = verdicts('edge-of-stability');
  if (finding?.verdict !== 'present' || finding.severity !== 'high' || !stability || !extremes) return null;
  const { learningRate, bound } = stability;
  const product = formatNumber(learningRate * extremes.max.value, 3);
  return {
    state: `Steps overshoot: the learning rate ${formatNumber(learningRate, 3)} times λ_max is ${product}, and ${formatNumber(bound, 3)} is the largest stable value.`,
    next: `Lower the learning rate below ${formatNumber(bound / extremes.max.value, 2)}.`,
    level: 'action',
    tells: ['edge-of-stability'],
  };
}

function plateau({ loss }: Read, verdicts: Verdicts): Standing | null {
  const finding = verdicts('flat-region');
  if (finding?.verdict !== 'present') return null;
  const ratio = loss.chance ? `, ${formatPercent(dataValue(loss) / loss.chance)} of what guessing gives` : '';
  return {
    state: `Stuck on a plateau: the loss is ${formatNumber(dataValue(loss), 3)}${ratio}, and no step along the gradient gets clearly below that.`,
    next: finding.advice[0],
    level: 'action',
    tells: ['flat-region'],
  };
}

function overfitted({ loss, test }: Read, verdicts: Verdicts): Standing | null {
  const finding = verdicts('overfitting');
  if (finding?.verdict !== 'present' || !test) return null;
  const there = formatCompact(test.loss.value, test.loss.error);
  return {
    state: `Overfitting: the test loss is ${there} against ${formatNumber(loss.value, 3)} on the training data, and further training raises it.`,
    next: 'Stop earlier: take the weights with the lowest test loss, or add data, augmentation or weight decay.',
    level: 'action',
    tells: ['overfitting'],
  };
}

function misled({ elsewhere }: Read, verdicts: Verdicts): Standing | null {
  const finding = verdicts('local-global');
  if (finding?.verdict !== 'present' || !elsewhere) return null;
  const lowest = Math.min(...elsewhere.searches.map(({ loss }) => loss));
  return {
    state: `Headed for a poor place: downhill from here ends at a loss of ${formatNumber(elsewhere.descent.loss, 3)}, while ${formatNumber(lowest, 3)} lies behind a rise.`,
    next: 'Start elsewhere: try several random initialisations, or a larger learning rate at first.',
    level: 'action',
    tells: ['local-global'],
  };
}

function descending(read: Read, verdicts: Verdicts, point: Stationarity, limits: Limits): Standing {
  return {
    state:
      point.relativeDecrease && promisesTooMuch(read, point.relativeDecrease)
        ? 'Still descending, and steeply: the quadratic model of the loss does not hold for its best step.'
        : `Still descending: one gradient step gains ${gainOf(read, point, limits)}.`,
    next: `Train on. ${rateBound(read, verdicts)}`.trim(),
    level: 'notice',
    tells: [],
  };
}

function unclear(read: Read, verdicts: Verdicts, point: Stationarity, limits: Limits): Standing {
  const { relativeDecrease: gain } = point;
  if (gain === null) {
    const { value } = read.gradient.norm;
    return open(
      `Where the training stands is not resolved: ‖g‖ is ${formatNumber(value, 3)}, but the curvature along it was not measured.`,
      'Measure the part «dynamics» as well.',
    );
  }
  if (gain.error >= gain.value) {
    return open(
      'Where the training stands is not resolved: rounding hides what a gradient step gains.',
      'Use more samples, and look again.',
    );
  }
  const { samplingError, norm } = read.gradient;
  const isChance = samplingError !== null && norm.value ** 2 < limits.gradientSignal * samplingError ** 2;
  if (isChance) {
    return open(
      `Too noisy to tell: the gradient over ${counted(read.loss.samples, 'sample')} has norm ${formatNumber(norm.value, 2)} and a standard error of ${formatNumber(samplingError, 2)}.`,
      'Analyse more samples; in training, lower the learning rate or raise the batch size.',
    );
  }
  if (gain.value - gain.error >= limits.descendingDecrease) return descending(read, verdicts, point, limits);
  const curvesDown = read.extremes !== undefined && read.extremes.negative > 0;
  const bent = curvesDown ? ', and some direction still curves down' : '';
  return {
    state: `Almost at rest: one gradient step still gains ${gainOf(read, point, limits)}${bent}.`,
    next: `Train on and look again${curvesDown ? '; momentum leads along the negative curvature' : ''}. ${rateBound(read, verdicts)}`.trim(),
    level: 'notice',
    tells: [],
  };
}

/** "5.3 %" of the loss, or the decrease itself where the loss is close to zero. */
function gainOf({ loss }: Read, { decrease, relativeDecrease }: Stationarity, limits: Limits): string {
  if (!decrease || !relativeDecrease) return 'an unknown amount';
  if (lossUnit(loss, limits) > Math.abs(loss.value)) return formatNumber(decrease.value, 2);
  return formatPercent(relativeDecrease.value);
}

/** The loss without weight decay, which alone compares with chance. */
const dataValue = ({ value, weightDecay }: Measurements['loss']): number => value - (weightDecay?.value ?? 0);

function open(state: string, next: string, level: Level = 'open'): Standing {
  return { state, next, level, tells: [] };
}
