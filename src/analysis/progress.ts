import type { Progress } from '../protocol/worker';

/** A stage of the analysis and its expected cost in evaluations of the loss over all data. */
export interface Stage {
  name: string;
  cost: number;
}

/** Before this much time and work has passed, an estimate of the time left is unstable. */
const LEAST_SECONDS = 3;
const LEAST_FRACTION = 0.05;

/**
 * Combines the progress of the stages into one overall fraction that never decreases. The costs are estimates, so a
 * stage that ends early moves the fraction ahead to the planned end of that stage.
 */
export class ProgressTracker {
  private total: number;
  private done = 0;
  private reached = 0;
  private readonly started: number;

  constructor(
    stages: readonly Stage[],
    private readonly tell: (progress: Progress) => void = () => undefined,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.started = now();
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
    const secondsLeft = this.secondsLeft();
    this.tell({
      stage,
      fraction: this.reached,
      ...(detail === undefined ? {} : { detail }),
      ...(secondsLeft === null ? {} : { secondsLeft }),
    });
  }

  /** Extrapolates the time left from the rate so far. Returns null while the rate is unreliable. */
  private secondsLeft(): number | null {
    const seconds = (this.now() - this.started) / 1000;
    if (seconds < LEAST_SECONDS || this.reached < LEAST_FRACTION) return null;
    return (seconds * (1 - this.reached)) / this.reached;
  }
}

export type StageReport = (fraction: number, detail?: string) => void;
