import { formatNumber } from '../../text/numbers';
import type { Report } from '../report';
import type { OptimizerName, OptimizerRun } from '../sections/optimizers';

export const OPTIMIZER_LABEL: Record<OptimizerName, string> = {
  sgd: 'SGD',
  momentum: 'Momentum',
  nesterov: 'Nesterov',
  clipping: 'Clipping',
  sam: 'SAM',
  adagrad: 'AdaGrad',
  rmsprop: 'RMSProp',
  adam: 'Adam',
  adamw: 'AdamW',
  lbfgs: 'L-BFGS',
  'newton-cg': 'Newton-CG',
  'saddle-free': 'Saddle-free Newton',
};

/**
 * From where one optimizer is said to beat another: a loss ten times lower, or the other's lowest loss in a third of its
 * gradients. Below that, chance in the choice of step sizes decides. The values are ours.
 */
const WINS = { lossRatio: 10, speed: 3 };
/** Runs are said to be equal if each brings at least this share of the best decrease. Ours. */
const EQUAL = 0.8;
/** Mean cosine of successive gradients from which a run is said to zigzag. Ours: steps mostly undo one another. */
const ZIGZAG = -0.5;

/** What a race of optimizers shows, in a few sentences. */
export interface RaceTold {
  summary: string;
  advice: string[];
}

type Raced = Pick<Report, 'optimizers' | 'optimizerRace'>;

/** States who won by how much, and what follows. Says no more than the figures do. Null if there was no race. */
export function toldRace({ optimizers: runs, optimizerRace: race }: Raced): RaceTold | null {
  if (!runs?.length || !race) return null;
  const { startLoss, resolution, budget } = race;
  const limits = `Every optimizer had ${formatNumber(budget)} gradients on the full data, at a step size from short runs. Batches and longer training may rank them otherwise.`;
  const winner = runs.reduce((best, run) => (run.reached < best.reached ? run : best));
  const gain = startLoss - winner.reached;
  if (!(gain > resolution)) {
    return {
      summary: `No optimizer lowered the loss of ${formatNumber(startLoss)} by more than its rounding. ${limits}`,
      advice: [],
    };
  }
  const sgd = runs.find(({ name }) => name === 'sgd');
  const against = sgd && sgd !== winner ? `; SGD reached ${formatNumber(sgd.reached)}` : '';
  const summary = `${label(winner)} reached the lowest loss, ${formatNumber(winner.reached)} from ${formatNumber(startLoss)}${against}. ${limits}`;
  return { summary, advice: adviceFrom(runs, startLoss, gain) };
}

/** "Newton-CG 0.00863, SGD 1.33, of 68.5; 24 gradients each": one line for the terminal. */
export function raceLine({ optimizers: runs, optimizerRace: race }: Raced): string | null {
  if (!runs?.length || !race) return null;
  const winner = runs.reduce((best, run) => (run.reached < best.reached ? run : best));
  const shown = [winner, ...runs.filter((run) => run.name === 'sgd' && run !== winner)];
  const reached = shown.map((run) => `${label(run)} ${formatNumber(run.reached, 3)}`).join(', ');
  return `${reached}, from ${formatNumber(race.startLoss, 3)}; ${formatNumber(race.budget)} gradients each`;
}

function adviceFrom(runs: readonly OptimizerRun[], startLoss: number, gain: number): string[] {
  const named = (...names: OptimizerName[]) => runs.filter(({ name }) => names.includes(name));
  const best = (...names: OptimizerName[]) =>
    named(...names).reduce<OptimizerRun | null>((low, run) => (low && low.reached <= run.reached ? low : run), null);
  const [sgd, moving] = [best('sgd'), best('momentum', 'nesterov')];
  if (!sgd) return [];
  const advice: string[] = [];
  const curved = best('newton-cg', 'lbfgs', 'saddle-free');
  if (curved && beats(curved, sgd)) {
    advice.push(
      `${label(curved)} uses curvature and beats SGD ${byHowMuch(curved, sgd)}: the loss curves much more in some directions than in others. Scale the inputs, normalize between layers, or precondition.`,
    );
  }
  const adaptive = best('adagrad', 'rmsprop', 'adam', 'adamw');
  if (adaptive && beats(adaptive, sgd) && (!moving || beats(adaptive, moving))) {
    advice.push(
      `${label(adaptive)} gives each weight a step size of its own and beats SGD ${byHowMuch(adaptive, sgd)}, with and without momentum: use it, or bring inputs and layers to one scale.`,
    );
  }
  if (moving && beats(moving, sgd))
    advice.push(`${label(moving)} beats plain SGD ${byHowMuch(moving, sgd)}: use momentum.`);
  const clipped = best('clipping');
  if (clipped && beats(clipped, sgd)) {
    advice.push(
      `Clipping at the norm of the first gradient beats SGD ${byHowMuch(clipped, sgd)}: gradients grow on the way, as at a cliff. Clip them.`,
    );
  }
  const free = best('saddle-free');
  const others = best('newton-cg', 'lbfgs');
  if (free && others && beats(free, others)) {
    advice.push(
      `Saddle-free Newton beats the other methods that use curvature ${byHowMuch(free, others)}: negative curvature leads down from here.`,
    );
  }
  const zigzag = meanCosine(sgd);
  if (zigzag < ZIGZAG) {
    advice.push(
      `Successive gradients of SGD point against each other (mean cosine ${formatNumber(zigzag, 2)}): it zigzags across a valley. A smaller step or momentum goes along it.`,
    );
  }
  if (advice.length === 0 && runs.every((run) => startLoss - run.reached >= EQUAL * gain)) {
    advice.push('All optimizers do about as well: the choice of the optimizer matters little here.');
  }
  return advice;
}

/** Whether a run beats another by more than the choice of step sizes explains. */
function beats(run: OptimizerRun, other: OptimizerRun): boolean {
  return run.reached < other.reached && (lossRatio(run, other) >= WINS.lossRatio || speed(run, other) >= WINS.speed);
}

function byHowMuch(run: OptimizerRun, other: OptimizerRun): string {
  return lossRatio(run, other) >= WINS.lossRatio
    ? `with a loss ${formatNumber(lossRatio(run, other), 2)} times lower`
    : `to its lowest loss by a factor of ${formatNumber(speed(run, other), 2)} in gradients`;
}

/** The ratio of the lowest losses. A loss that can be negative has no ratio. */
function lossRatio(run: OptimizerRun, other: OptimizerRun): number {
  return run.reached > 0 ? other.reached / run.reached : 1;
}

/** How many times sooner a run gets to the lowest loss of another. */
function speed(run: OptimizerRun, other: OptimizerRun): number {
  const [own, others] = [spentTo(run, other.reached), spentTo(other, other.reached)];
  return own > 0 ? others / own : 1;
}

function spentTo({ losses, spent }: OptimizerRun, target: number): number {
  const index = losses.findIndex((loss) => loss <= target);
  return index < 0 ? Infinity : spent[index];
}

export function meanCosine({ cosines }: OptimizerRun): number {
  const finite = cosines.filter(Number.isFinite);
  return finite.length > 0 ? finite.reduce((a, b) => a + b, 0) / finite.length : NaN;
}

const label = ({ name }: OptimizerRun) => OPTIMIZER_LABEL[name];
