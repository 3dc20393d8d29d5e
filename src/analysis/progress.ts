import type { Progress } from '../protocol/worker';

/** A stage of the analysis and what it is expected to cost, in losses over the whole data. */
export interface Stage {
  name: string;
  cost: number;
}

/**
 * Turns what single stages report into one fraction of the whole that never falls. The costs are estimates: a stage that
 * ends early or is left out moves the fraction on to where the plan has it.
 */
export class ProgressTracker {
  readonly #total: number;
  #done = 0;
  #fraction = 0;

  constructor(
    stages: readonly Stage[],
    private readonly tell: (progress: Progress) => void = () => undefined,
  ) {
    this.#total = stages.reduce((sum, { cost }) => sum + cost, 0) || 1;
  }

  /** Runs one stage; it reports its own fraction, with a detail such as "12 of 80 products". */
  async during<T>(stage: Stage, run: (report: StageReport) => Promise<T>): Promise<T> {
    const report: StageReport = (fraction, detail) => {
      const share = Math.min(1, Math.max(0, fraction)) * stage.cost;
      this.#advance(stage.name, (this.#done + share) / this.#total, detail);
    };
    report(0);
    const result = await run(report);
    this.#done += stage.cost;
    this.#advance(stage.name, this.#done / this.#total);
    return result;
  }

  #advance(stage: string, fraction: number, detail?: string): void {
    this.#fraction = Math.max(this.#fraction, Math.min(1, fraction));
    this.tell({ stage, fraction: this.#fraction, ...(detail === undefined ? {} : { detail }) });
  }
}

export type StageReport = (fraction: number, detail?: string) => void;
