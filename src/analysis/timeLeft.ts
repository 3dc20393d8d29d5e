/** No time is told before this much of both has passed. */
const LEAST_SECONDS = 3;
const LEAST_FRACTION = 0.02;

/** Work that takes no time says nothing about the rest: answers that a journal remembers, a stage that ends early. */
const JUMP_FRACTION = 0.05;
const JUMP_SECONDS = 0.5;

/**
 * Estimates the time left from the planned costs and the rate of the latest half of the run:
 *   t = (1 − f)·Δt/Δf
 * The later half alone counts, because costs are estimates and the stages that run now say more about those that follow.
 */
export class TimeLeft {
  private marks: { second: number; fraction: number }[];

  constructor(private readonly now: () => number = () => performance.now()) {
    this.marks = [{ second: this.second(), fraction: 0 }];
  }

  /** @returns the seconds left when this fraction is done; null while there is no basis for an estimate */
  at(fraction: number): number | null {
    if (fraction >= 1) return 0;
    const second = this.second();
    const last = this.marks[this.marks.length - 1];
    const [spent, done] = [second - last.second, fraction - last.fraction];
    if (done > JUMP_FRACTION && spent < JUMP_SECONDS) this.marks = [{ second, fraction }];
    else if (spent >= JUMP_SECONDS / 2) this.marks.push({ second, fraction });
    return this.estimate(second, fraction);
  }

  private estimate(second: number, fraction: number): number | null {
    const window = Math.max(LEAST_SECONDS, (second - this.marks[0].second) / 2);
    const from = this.marks.findLast(
      (mark) => second - mark.second >= window && fraction - mark.fraction >= LEAST_FRACTION,
    );
    if (!from) return null;
    return ((second - from.second) * (1 - fraction)) / (fraction - from.fraction);
  }

  private second(): number {
    return this.now() / 1000;
  }
}
