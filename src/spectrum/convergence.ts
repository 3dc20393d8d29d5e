import type { Krylov, RitzValues } from './krylov';
import { ritzValues } from './krylov';
import { tridiagonalEigen } from '../numerics/tridiagonal';

export interface RitzPair {
  value: number;
  /** The larger of ‖Hx − θx‖ and the distance that θ is still expected to move. */
  residual: number;
  converged: boolean;
}

/** How many Ritz values are wanted at each end. */
export interface Wanted {
  top: number;
  bottom: number;
}

/** The state of the wanted Ritz values after a product: largest first, smallest first. */
export interface Ends {
  top: RitzPair[];
  bottom: RitzPair[];
}

/**
 * A Ritz value counts as settled if it moved by less than this part of the tolerance over the last quarter of the
 * products. It still creeps afterwards, by some multiple of that movement. A value that approaches the end of a
 * continuous spectrum as m⁻ᵖ has just moved by (4/3)ᵖ − 1 of the remaining distance, a third for p = 1. The stated error
 * is therefore three times the movement.
 * Measured on spectra of a trained and an untrained network, power laws, outliers above a bulk, and a continuous density
 * (720 eigenvalues, also those that had not converged): with the residual alone 7 % of them lay outside their stated
 * error, with the movement 3 %, with three times the movement none.
 */
const SETTLED = 0.3;
const LOOK_BACK = 0.75;
const CREEP = 3;
/**
 * A value that is separated from its neighbours by so many tolerances does not creep. It converges geometrically, and a
 * few products without movement settle it. No value in the crowd at the end of a bulk is ever separated so far.
 */
const APART = 5;
const STANDSTILL = 3;
const STILL = 0.1;
/** Above this size, the dense eigensolver, which a restart makes necessary, runs only every fourth step. */
const SMALL = 64;

/**
 * Follows the wanted Ritz values of a run and reports when they have converged.
 * A small residual alone proves *some* eigenvalue nearby, but not the i-th one. In the crowded bulk around zero, any
 * vector has a small residual long before the run reaches the true end. So the value must also have stopped moving.
 */
export class Convergence {
  private readonly history: { age: number; top: number[]; bottom: number[] }[] = [];
  private age: number;
  private ends: Ends = { top: [], bottom: [] };

  constructor(
    private readonly run: Krylov,
    private readonly wanted: Wanted,
    private readonly tolerance: number,
    /** The run waits only for so many pairs, the largest by magnitude of both ends. */
    private readonly largest = Infinity,
  ) {
    this.age = run.diagonal.length;
    // A continued run has a past: its Ritz values at step k are those of the leading k × k block.
    for (let k = Math.max(1, Math.floor(LOOK_BACK * this.age)); run.mixed === 0 && k < this.age; k++) {
      const offDiagonal = run.above.slice(1, k).map((column) => column[column.length - 1]);
      this.remember(k, tridiagonalEigen(run.diagonal.slice(0, k), offDiagonal).values);
    }
    if (this.age > 0) this.ends = this.judge();
  }

  /** To be called after each product. */
  record(): Ends {
    this.age++;
    const m = this.run.diagonal.length;
    if (this.run.mixed === 0 || m <= SMALL || m % 4 === 0) this.ends = this.judge();
    return this.ends;
  }

  /** The wanted pairs at the last update. */
  get current(): Ends {
    return this.ends;
  }

  get done(): boolean {
    const { top, bottom } = this.ends;
    const found = this.run.diagonal.length >= Math.min(this.run.dim, this.wanted.top + this.wanted.bottom);
    return (
      found &&
      top.length === this.wanted.top &&
      bottom.length === this.wanted.bottom &&
      largestOf([...top, ...bottom], this.largest).every((pair) => pair.converged)
    );
  }

  /** How far the i-th largest (or smallest) Ritz value moved over the last quarter of the products. */
  drift(side: keyof Wanted, i: number): number {
    return this.movement(side, i, Math.floor(LOOK_BACK * this.age));
  }

  private movement(side: keyof Wanted, i: number, since: number): number {
    if (!this.run.next) return 0;
    const earlier = this.history.findLast(({ age }) => age <= since)?.[side][i];
    const now = this.history[this.history.length - 1]?.[side][i];
    return earlier === undefined || now === undefined ? Infinity : Math.abs(now - earlier);
  }

  private judge(): Ends {
    const ritz = ritzValues(this.run);
    this.remember(this.age, ritz.values);
    return {
      top: this.history[this.history.length - 1].top.map((_, i) => this.pair(ritz, 'top', i)),
      bottom: this.history[this.history.length - 1].bottom.map((_, i) => this.pair(ritz, 'bottom', i)),
    };
  }

  private pair({ values, residuals }: RitzValues, side: keyof Wanted, i: number): RitzPair {
    const last = values.length - 1;
    const index = side === 'top' ? last - i : i;
    const limit = this.tolerance * Math.max(Math.abs(values[0]), Math.abs(values[last]));
    const residual = residuals[index];
    const recent = this.movement(side, i, this.age - STANDSTILL);
    const gap = Math.min(...[index - 1, index + 1].map((k) => Math.abs(values[index] - (values[k] ?? Infinity))));
    const settledAlone = gap >= APART * limit && recent <= STILL * limit;
    const drift = this.drift(side, i);
    const ahead = settledAlone ? recent : CREEP * drift;
    return {
      value: values[index],
      residual: ahead === Infinity ? residual : Math.max(residual, ahead),
      converged: residual <= limit && (settledAlone || drift <= SETTLED * limit),
    };
  }

  private remember(age: number, values: Float64Array): void {
    const ascending = Array.from(values);
    this.history.push({
      age,
      top: ascending.slice(Math.max(0, values.length - this.wanted.top)).reverse(),
      bottom: ascending.slice(0, this.wanted.bottom),
    });
  }
}

/** The `count` pairs of largest magnitude. */
export function largestOf<P extends { value: number }>(pairs: readonly P[], count: number): P[] {
  return [...pairs].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, count);
}
