import { checksThat } from '../report/checkState';
import type { Check } from '../report/curvature';
import type { Dynamics, Report } from '../report/report';
import type { LandscapeShape } from '../report/sections/landscape';
import { formatNumber } from '../text/numbers';
import type { Coming } from './judgedSoFar';
import { judgedSoFar } from './judgedSoFar';

/** The report while it is being measured. Each added section is judged, and the report so far goes to `onPartial`. */
export class Draft {
  private current: Report;
  private coming: readonly Coming[] = [];

  constructor(
    start: Report,
    private readonly onPartial: (report: Report) => void = () => undefined,
  ) {
    this.current = start;
  }

  get report(): Report {
    return this.current;
  }

  /** Tells which measurements are still to come. Verdicts wait for those that they read. */
  expect(coming: readonly Coming[]): void {
    const before = this.current.pending?.length ?? 0;
    this.coming = coming;
    this.current = judgedSoFar(this.current, coming);
    if ((this.current.pending?.length ?? 0) !== before) this.onPartial(this.current);
  }

  /** Adds measured sections and passes on the report so far. Sections are replaced, never changed in place. */
  add(measured: Partial<Report>): void {
    this.current = { ...this.current, ...measured };
    this.current = judgedSoFar(this.current, this.coming);
    this.onPartial(this.current);
  }

  /** Adds entries to the section `dynamics` and passes on the report so far. */
  addDynamics(measured: Partial<Dynamics>): void {
    this.add({ dynamics: { ...this.current.dynamics, ...measured } });
  }

  /** Adds entries to the section `landscape` and passes on the report so far. */
  addLandscape(measured: Partial<LandscapeShape>): void {
    this.add({ landscape: { ...this.current.landscape, ...measured } });
  }

  /** Adds sentences about what limits the figures. Each sentence appears only once. */
  warn(...sentences: readonly string[]): void {
    const warnings = [...new Set([...this.current.warnings, ...sentences])];
    if (warnings.length > this.current.warnings.length) this.current = { ...this.current, warnings };
  }

  /** Adds sentences that change no figure. Each sentence appears only once. */
  remark(...sentences: readonly string[]): void {
    const notes = [...new Set([...(this.current.notes ?? []), ...sentences])];
    if (notes.length > (this.current.notes?.length ?? 0)) this.current = { ...this.current, notes };
  }

  /** Adds self-checks. A failed check also becomes a warning. */
  check(...checks: readonly Check[]): void {
    if (checks.length === 0) return;
    this.current = { ...this.current, checks: [...(this.current.checks ?? []), ...checks] };
    this.warn(
      ...checksThat('failed', checks).map(
        ({ name, value, limit, detail }) =>
          `Self-check failed: ${name} is off by ${formatNumber(value, 2)}, more than ${formatNumber(limit, 2)} (${detail}). Do not trust the curvature before "ridgeline verify" has told why.`,
      ),
    );
  }

  /** Adds to the seconds spent on a part. */
  spent(part: string, seconds: number): void {
    const before = this.current.timings[part];
    const total = (typeof before === 'number' ? before : 0) + seconds;
    this.current = { ...this.current, timings: { ...this.current.timings, [part]: total } };
  }
}
