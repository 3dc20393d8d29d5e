import type { Report } from '../../report/report';
import type { Headline } from '../../report/sections/headline';
import type { Checkpoint, TrainingPath } from '../../report/sections/path';
import { counted } from '../../text/counts';
import { formatNumber, formatPercent } from '../../text/numbers';
import type { Limits } from '../limits';

/** Share of the checkpoints that count as the end of the path. */
const END = 1 / 4;

/** A test loss rises where it exceeds its lowest value by this many standard errors. */
const CLEAR = 2;

/** Says how the loss changed along the checkpoints, and what to do next. */
export function pathHeadline({ path, diagnostics, objective }: Report, limits: Limits): Headline {
  const { checkpoints } = path!;
  const finite = checkpoints.filter(({ loss }) => Number.isFinite(loss));
  const broken = checkpoints.find(({ loss }) => !Number.isFinite(loss));
  if (broken || finite.length === 0) {
    const where = broken ? ` from step ${step(broken)} on` : '';
    return {
      state: `Training broke: the loss is ${formatNumber(broken?.loss ?? NaN)}${where}.`,
      next: 'Go back to the last finite checkpoint and lower the learning rate, or clip the gradient.',
      level: 'action',
    };
  }
  const edge = diagnostics.find(({ id }) => id === 'edge-of-stability-path');
  const state = arrived(objective, finite, limits) ?? course(path!, finite, limits);
  const rising = overfits(finite);
  if (rising) return { state: state.text, next: rising, level: 'action' };
  if (edge?.verdict === 'present' && edge.severity === 'high')
    return { state: state.text, next: edge.advice[0], level: 'action' };
  return { state: state.text, next: state.next, level: state.level };
}

interface Course {
  text: string;
  next: string;
  level: Headline['level'];
}

/** The loss stays so low at the end that what it still loses, however much of itself, is next to nothing. */
function arrived(objective: Report['objective'], finite: readonly Checkpoint[], limits: Limits): Course | null {
  const chance = objective?.chanceLoss;
  const tail = tailOf(finite);
  if (!chance || finite.length < 3 || tail.some(({ loss }) => loss > limits.interpolatedLoss * chance)) return null;
  const last = finite[finite.length - 1];
  return {
    text: `Training has arrived: the loss went ${endsOf(finite)}, ${formatPercent(last.loss / chance)} of what guessing gives.`,
    next: 'Little is left to gain on these data: check the model on data that it was not trained on.',
    level: 'fine',
  };
}

const endsOf = (finite: readonly Checkpoint[]): string =>
  `from ${formatNumber(finite[0].loss, 3)} to ${formatNumber(finite[finite.length - 1].loss, 3)} over ${counted(finite.length, 'checkpoint')}`;

/** The checkpoints that count as the end of the path. */
const tailOf = (finite: readonly Checkpoint[]): readonly Checkpoint[] =>
  finite.slice(-Math.max(2, Math.round(END * finite.length)));

function course({ stepsFromNames }: TrainingPath, finite: readonly Checkpoint[], limits: Limits): Course {
  const last = finite[finite.length - 1];
  const ends = endsOf(finite);
  if (finite.length < 3) {
    return {
      text: `The loss goes ${ends}: too few to tell how training ends.`,
      next: 'Name more checkpoints.',
      level: 'open',
    };
  }
  const tail = tailOf(finite);
  const change = (last.loss - tail[0].loss) / Math.max(Math.abs(tail[0].loss), Number.MIN_VALUE);
  const since = stepsFromNames ? `since step ${step(tail[0])}` : `over the last ${counted(tail.length, 'checkpoint')}`;
  const moved = `The loss went ${ends}`;
  if (change <= -limits.descendingDecrease) {
    return {
      text: `Still descending: the loss went ${ends}, ${formatPercent(-change)} of it lost ${since}.`,
      next: 'Train on: the loss has not levelled off.',
      level: 'notice',
    };
  }
  if (change >= limits.descendingDecrease) {
    return {
      text: `The loss rises at the end: it went ${ends}, up by ${formatPercent(change)} ${since}.`,
      next: 'Go back to the checkpoint with the lowest loss and lower the learning rate.',
      level: 'action',
    };
  }
  return {
    text: `Levelled off: ${lowered(moved)}, and changed by ${formatPercent(Math.abs(change))} ${since}.`,
    next: 'Analyse the last checkpoint alone to learn at what kind of point it is.',
    level: 'notice',
  };
}

function overfits(finite: readonly Checkpoint[]): string | null {
  const tested = finite.filter(({ testLoss }) => testLoss !== undefined && Number.isFinite(testLoss));
  if (tested.length < 3) return null;
  const best = tested.reduce((a, b) => (b.testLoss! < a.testLoss! ? b : a));
  const last = tested[tested.length - 1];
  const error = Math.hypot(best.testLossError ?? 0, last.testLossError ?? 0);
  if (!(last.testLoss! - best.testLoss! > CLEAR * error)) return null;
  return `Take the weights of step ${step(best)}: the test loss was lowest there, ${formatNumber(best.testLoss!, 3)}, and is ${formatNumber(last.testLoss!, 3)} now.`;
}

const step = ({ step: at }: Checkpoint): string => formatNumber(at, 12);

const lowered = (text: string): string => text[0].toLowerCase() + text.slice(1);
