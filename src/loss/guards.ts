import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import type { Guard, Prediction } from './prediction';

/** An addend this small only keeps logarithms finite and is not part of the answer. */
const SMALL = 1e-5;

/** A clip within [0, 1] as a guard; null if it clips nothing. */
export function clipGuard(low: number, high: number): Guard | null {
  return low > 0 || high < 1 ? { kind: 'clip', low, high } : null;
}

/** Probabilities that the graph changes slightly, by a clip or a small addend. */
export function guarded(g: GraphBuilder, made: Prediction, guard: Guard | null): Prediction | null {
  if (!guard) return made;
  if (guard.kind === 'add' && !(Math.abs(guard.amount) <= SMALL)) return null;
  if (made.family === 'bernoulli') {
    // clip(σ(z), a, b) is σ(clip(z, logit a, logit b)). An addend has no such form, and is too small to matter.
    if (guard.kind === 'add' || !made.logits) return made;
    return { ...made, logits: clipped(g, made.logits, logit(guard.low), logit(guard.high)) };
  }
  if (guard.kind === 'add' && guard.amount < 0) return null;
  return { ...made, guards: [...made.guards, guard] };
}

/** log p of categorical probabilities behind their guards, from log p before them. */
export function guardedLog(g: GraphBuilder, logP: Value, guards: readonly Guard[]): Value {
  return guards.reduce((x, guard) => {
    if (guard.kind === 'clip') return clipped(g, x, log(guard.low), log(guard.high));
    // log(p + ε) = log ε + log(1 + p/ε)
    const floor = Math.log(guard.amount);
    return g.shift(g.unary('Softplus', g.shift(x, -floor)), floor);
  }, logP);
}

/** Cut to [low, high], where each is finite. */
function clipped(g: GraphBuilder, x: Value, low: number, high: number): Value {
  const above = Number.isFinite(low) ? g.where(g.less(x, g.like(x, low)), g.like(x, low), x) : x;
  return Number.isFinite(high) ? g.where(g.greater(above, g.like(x, high)), g.like(x, high), above) : above;
}

const log = (p: number) => (p <= 0 ? -Infinity : p >= 1 ? Infinity : Math.log(p));
const logit = (p: number) => (p <= 0 ? -Infinity : p >= 1 ? Infinity : Math.log(p) - Math.log1p(-p));
