import type { Progress } from '../protocol/worker';

/** A stage of the analysis and what it is expected to cost, in losses over the whole data. */
export interface Stage {
  name: string;
  cost: number;
}

/** Before so much has passed, the time left is a guess that jumps about. */
const LEAST_SECONDS = 3;
const LEAST_FRACTION = 0.05;

/**
 * Turns what single stages report into one fraction of the whole that never falls. The costs are estimates: a stage that
 * ends early or is left out moves the fraction on to where the plan has it.
 */
export class ProgressTracker {
  private readonly total: number;
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

  /** Runs one stage; it reports its own fraction, with a detail such as "12 of 80 products". */
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

  /** As long as the rest of the costs takes at the rate so far; null where that says nothing yet. */
  private secondsLeft(): number | null {
    const seconds = (this.now() - this.started) / 1000;
    if (seconds < LEAST_SECONDS || this.reached < LEAST_FRACTION) return null;
    return (seconds * (1 - this.reached)) / this.reached;
  }
}

export type StageReport = (fraction: number, detail?: string) => void;
