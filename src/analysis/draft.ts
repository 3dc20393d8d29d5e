import { judge } from '../diagnostics/judge';
import { checksThat } from '../report/checkState';
import type { Check } from '../report/curvature';
import type { Report } from '../report/report';

/** The report while it is being measured. Every change hands out the report so far, judged on what is known. */
export class Draft {
  private current: Report;

  constructor(
    start: Report,
    private readonly onPartial: (report: Report) => void = () => undefined,
  ) {
    this.current = start;
  }

  get report(): Report {
    return this.current;
  }

  /** Takes in what was measured and hands out the report so far. Sections are replaced, never changed in place. */
  add(measured: Partial<Report>): void {
    this.current = { ...this.current, ...measured };
    this.current.diagnostics = judge(this.current);
    this.onPartial(this.current);
  }

  /** A sentence about what limits the figures; said once. */
  warn(...sentences: readonly string[]): void {
    const added = sentences.filter(
      (sentence, i) => sentences.indexOf(sentence) === i && !this.current.warnings.includes(sentence),
    );
    if (added.length) this.current = { ...this.current, warnings: [...this.current.warnings, ...added] };
  }

  /** Takes in self-checks; a failed one is said among the warnings, too. */
  check(...checks: readonly Check[]): void {
    if (checks.length === 0) return;
    this.current = { ...this.current, checks: [...(this.current.checks ?? []), ...checks] };
    this.warn(
      ...checksThat('failed', checks).map(
        ({ name, value, limit, detail }) =>
          `Self-check failed: ${name} is off by ${value.toExponential(1)}, more than ${limit.toExponential(1)} (${detail}). Do not trust the curvature before "ridgeline verify" has told why.`,
      ),
    );
  }

  /** Seconds spent on a part; parts that are visited twice add up. */
  spent(part: string, seconds: number): void {
    const before = this.current.timings[part];
    const total = (typeof before === 'number' ? before : 0) + seconds;
    this.current = { ...this.current, timings: { ...this.current.timings, [part]: total } };
  }
}
