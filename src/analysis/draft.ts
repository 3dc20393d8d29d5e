import { judge } from '../diagnostics/judge';
import { checksThat } from '../report/checkState';
import type { Check } from '../report/curvature';
import type { Report } from '../report/report';

/** The report while it is being measured. Every change hands out the report so far, judged on what is known. */
export class Draft {
  #report: Report;

  constructor(
    start: Report,
    private readonly onPartial: (report: Report) => void = () => undefined,
  ) {
    this.#report = start;
  }

  get report(): Report {
    return this.#report;
  }

  /** Takes in what was measured and hands out the report so far. Sections are replaced, never changed in place. */
  add(measured: Partial<Report>): void {
    this.#report = { ...this.#report, ...measured };
    this.#report.diagnostics = judge(this.#report);
    this.onPartial(this.#report);
  }

  /** A sentence about what limits the figures; said once. */
  warn(...sentences: readonly string[]): void {
    const added = sentences.filter(
      (sentence, i) => sentences.indexOf(sentence) === i && !this.#report.warnings.includes(sentence),
    );
    if (added.length) this.#report = { ...this.#report, warnings: [...this.#report.warnings, ...added] };
  }

  /** Takes in self-checks; a failed one is said among the warnings, too. */
  check(...checks: readonly Check[]): void {
    if (checks.length === 0) return;
    this.#report = { ...this.#report, checks: [...(this.#report.checks ?? []), ...checks] };
    this.warn(
      ...checksThat('failed', checks).map(
        ({ name, value, limit, detail }) =>
          `Self-check failed: ${name} is off by ${value.toExponential(1)}, more than ${limit.toExponential(1)} (${detail}). Do not trust the curvature before "ridgeline verify" has told why.`,
      ),
    );
  }

  /** Seconds spent on a part; parts that are visited twice add up. */
  spent(part: string, seconds: number): void {
    const before = this.#report.timings[part];
    const total = (typeof before === 'number' ? before : 0) + seconds;
    this.#report = { ...this.#report, timings: { ...this.#report.timings, [part]: total } };
  }
}
