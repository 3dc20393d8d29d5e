import { formatNumber, formatPercent, formatCompact } from '../../text/numbers';
import { curvesDown } from '../curvesDown';
import type { Stationarity } from '../stationarity';
import type { Read, Standing, Verdicts } from './reading';

/** At or above this fraction of the chance loss, much is left to reach. */
const POOR = 0.5;

/** States what kind of point it is where no gradient step changes the loss noticeably. */
export function atRest(read: Read, verdicts: Verdicts, point: Stationarity): Standing {
  const { extremes } = read;
  const is = (id: string) => verdicts(id)?.verdict === 'present';
  if (is('maximum')) {
    return {
      state: 'At a maximum: the gradient vanishes, and the loss curves down in every direction.',
      next: 'Check the sign of the loss, or start from other weights: any small step lowers the loss.',
      level: 'action',
      tells: ['maximum'],
    };
  }
  if (is('saddle')) return atSaddle(read, verdicts);
  if (is('minimum')) return atMinimum(read, verdicts);
  if (!extremes) {
    return {
      state: `${rest(point)} Whether this is a minimum or a saddle was not measured.`,
      next: 'Measure the part «spectrum»: the smallest eigenvalue tells.',
      level: 'open',
      tells: [],
    };
  }
  if (verdicts('minimum')?.verdict === 'absent') return inRavine(read, point);
  const { min } = extremes;
  return {
    state: `${rest(point)} Whether this is a minimum or a saddle is not resolved: λ_min = ${formatCompact(min.value, min.error)}.`,
    next: verdicts('minimum')?.advice[0] ?? 'Use more samples and more Lanczos steps.',
    level: 'open',
    tells: ['minimum', 'saddle'],
  };
}

function rest({ nearness, relativeDecrease: gain }: Stationarity): string {
  if (nearness === 'zero') return 'At rest: the gradient is zero within float32.';
  return gain && gain.value > gain.error
    ? `At rest: the best gradient step gains only ${formatPercent(gain.value)}.`
    : 'At rest: no gradient step gains anything that can be measured.';
}

function atSaddle({ extremes, escape }: Read, verdicts: Verdicts): Standing {
  const finding = verdicts('saddle')!;
  const way = escape?.best ?? null;
  const found = way
    ? ` The way out was found: at distance ${formatNumber(way.step, 2)} the loss is lower by ${formatNumber(way.decrease.value, 2)}.`
    : '';
  if (finding.severity === 'low') {
    const { min, max } = extremes!;
    const ratio = formatPercent(-min.value / max.value);
    return {
      state: `Practically at rest: the gradient vanishes, and the negative curvature that is left is weak (${ratio} of λ_max).`,
      next: found === '' ? 'Momentum or smaller batches lead on slowly; little may be left to gain.' : found.trim(),
      level: 'notice',
      tells: ['saddle'],
    };
  }
  const isDegenerate = extremes !== undefined && extremes.negative === 0;
  return {
    state: isDegenerate
      ? 'Stuck at a degenerate saddle: gradient and curvature vanish, yet the loss can be lowered.'
      : `Stuck at a saddle: the gradient vanishes while ${curvesDown(extremes!)}.`,
    next: isDegenerate
      ? `Move away by a random step or added noise.${found}`
      : `Step along the eigenvector of λ_min, or add noise to the gradient.${found}`,
    level: 'action',
    tells: ['saddle'],
  };
}

function atMinimum({ loss, test, extremes }: Read, verdicts: Verdicts): Standing {
  const isStrict = extremes !== undefined && extremes.min.value > extremes.min.error;
  const kind = isStrict ? 'At a minimum' : 'At a minimum with flat directions';
  const value = loss.value - (loss.weightDecay?.value ?? 0);
  const share = loss.chance ? value / loss.chance : null;
  const tells = ['minimum'];
  if (share !== null && share >= POOR) {
    return {
      state: `${kind} whose loss, ${formatNumber(value, 3)}, is still ${formatPercent(share)} of what guessing gives.`,
      next: 'More steps from here gain nothing: only other features, a larger model or another start can.',
      level: 'notice',
      tells,
    };
  }
  const state = `${kind}: the gradient vanishes, and no direction was found that leads down (loss ${formatNumber(loss.value, 3)}).`;
  const overfitting = verdicts('overfitting')?.verdict;
  if (test && overfitting === 'inconclusive') {
    return {
      state,
      next: `Training is done on these data; whether it overfits is not resolved (test loss ${formatCompact(test.loss.value, test.loss.error)}).`,
      level: 'notice',
      tells,
    };
  }
  const next = test
    ? `Training is done: the test loss is ${formatCompact(test.loss.value, test.loss.error)}.`
    : 'Training is done on these data: check the model on data that it was not trained on.';
  return { state, next, level: 'fine', tells };
}

/** No gradient step helps, yet a descent that follows the valley does. */
function inRavine({ loss, elsewhere, escape }: Read, point: Stationarity): Standing {
  const reached = Math.min(elsewhere?.descent.loss ?? Infinity, escape?.best?.loss ?? Infinity);
  const told = reached < loss.value ? `, though lower losses can be reached: ${formatNumber(reached, 3)}` : '';
  return {
    state: `${rest(point).replace(/\.$/, '')}${told}.`,
    next: 'Go on with momentum or L-BFGS, which follow narrow valleys better than plain gradient steps.',
    level: 'notice',
    tells: ['minimum'],
  };
}
