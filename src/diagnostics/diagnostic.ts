import type { VerdictId } from '../options/options';
import type { Finding, Level, Severity, Verdict } from '../report/report';
import { defaultLevel } from '../report/text/level';
import type { Limits } from './limits';
import type { Measurements } from './measurements';

/** A verdict before the diagnostic adds its id and title. */
export interface Judgment {
  verdict: Verdict;
  severity: Severity;
  /** What the verdict means for the reader. */
  level: Level;
  summary: string;
  evidence: Finding['evidence'];
  advice: string[];
}

/** A question that is judged from the measurements. */
export interface Diagnostic {
  id: VerdictId;
  title: string;
  /** Measurements without which there is no verdict. */
  needs: readonly Known[];
  /** Measurements that are read where they exist. */
  uses: readonly Known[];
  /** Judges the measurements. Returns null if a measurement it needs is missing. */
  judge(measurements: Partial<Measurements>, limits: Limits): Finding | null;
}

/** The name of a measurement that verdicts read. */
export type Known = keyof Measurements;

/**
 * Defines a diagnostic from the measurements it requires (`needs`) and those it reads if they exist (`uses`). Both
 * lists determine the argument type of `diagnose`.
 */
export function defineDiagnostic<N extends Known, U extends Known = never>(definition: {
  id: VerdictId;
  title: string;
  needs: readonly N[];
  uses?: readonly U[];
  shownIn: NonNullable<Finding['shownIn']>;
  source: string;
  /** Says what is measured, by which formula, and at which thresholds the verdict changes. */
  criterion(limits: Limits): string;
  /** Whether the question arises; by default, wherever it can be answered. */
  applies?(measurements: Pick<Measurements, N>): boolean;
  diagnose(measurements: Pick<Measurements, N> & Partial<Pick<Measurements, U>>, limits: Limits): Judgment;
}): Diagnostic {
  const { id, title, needs, shownIn, source } = definition;
  const sufficient = (found: Partial<Measurements>): found is Partial<Measurements> & Pick<Measurements, N> =>
    needs.every((name) => found[name] !== undefined);
  return {
    id,
    title,
    needs,
    uses: definition.uses ?? [],
    judge(measurements, limits) {
      if (!sufficient(measurements) || definition.applies?.(measurements) === false) return null;
      const criterion = definition.criterion(limits);
      const judgment = definition.diagnose(measurements, limits);
      return { id, title, ...judgment, shownIn, criterion, source };
    },
  };
}

/** What a diagnostic may add. The level follows from verdict and severity unless the consequence is another. */
type Details = Partial<Pick<Judgment, 'evidence' | 'advice' | 'level'>>;

export function present(severity: Severity, summary: string, details: Details = {}): Judgment {
  return judgment('present', severity, summary, details);
}

export function absent(summary: string, details: Details = {}): Judgment {
  return judgment('absent', 'info', summary, details);
}

export function inconclusive(summary: string, details: Details = {}): Judgment {
  return judgment('inconclusive', 'info', summary, details);
}

function judgment(verdict: Verdict, severity: Severity, summary: string, details: Details): Judgment {
  const { evidence = [], advice = [], level = defaultLevel({ verdict, severity }) } = details;
  return { verdict, severity, level, summary, evidence, advice };
}
