import type { Progress } from '../protocol/worker';
import { TimeLeft } from './timeLeft';

/** A stage of the analysis and its expected cost in evaluations of the loss over all data. */
export interface Stage {
  name: string;
  cost: number;
}

/**
 * Combines the progress of the stages into one overall fraction that never decreases. The costs are estimates, so a
 * stage that ends early moves the fraction ahead to the planned end of that stage.
 */
export class ProgressTracker {
  private total: number;
  private done = 0;
  private reached = 0;
  private readonly left: TimeLeft;

  constructor(
    stages: readonly Stage[],
    private readonly tell: (progress: Progress) => void = () => undefined,
    now: () => number = () => performance.now(),
  ) {
    this.left = new TimeLeft(now);
    this.total = stages.reduce((sum, { cost }) => sum + cost, 0) || 1;
  }

  /** Runs one stage. The stage reports its own fraction and a detail such as "12 of 80 products". */
  async during<T>(stage: Stage, run: (report: StageReport) => Promise<T>): Promise<T> {
    const report: StageReport = (fraction, detail) => {
      const share = Math.min(1, Math.max(0, fraction)) * stage.cost;
      this.advance(stage.name, (this.done + share) / this.total, detail);
    };
    report(0);
    const result = await run(report);
    this.done += stage.cost;
    this.advance(stage.name, this.done / this.total);
    return result;
  }

  /** Takes back a stage that turned out to be impossible. */
  leaveOut({ cost }: Stage): void {
    this.total -= cost;
  }

  private advance(stage: string, fraction: number, detail?: string): void {
    this.reached = Math.max(this.reached, Math.min(1, fraction));
    const secondsLeft = this.left.at(this.reached);
    this.tell({
      stage,
      fraction: this.reached,
      ...(detail === undefined ? {} : { detail }),
      ...(secondsLeft === null ? {} : { secondsLeft }),
    });
  }
}

export type StageReport = (fraction: number, detail?: string) => void;
