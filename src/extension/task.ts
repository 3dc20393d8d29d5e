import type { AnalysisOptions, Part } from '../options/options';
import type { Stopped } from '../protocol/pageState';
import type { Report } from '../report/report';

/** Several models that are measured together. */
export type SeveralModels =
  /** The checkpoints at these places: files or a folder. */
  | { kind: 'path'; places: readonly string[] }
  /** Models beside one another; differences are taken from the first. */
  | { kind: 'comparison'; models: readonly string[] };

/** What to measure: one model, or several that its panel shows. */
export interface Task {
  model: string;
  options: AnalysisOptions;
  several?: SeveralModels;
  /** The stored report of the stopped run that this one continues. */
  continues?: { id: string; report: Report; fraction: number };
}

/** What an unfinished report is stored with: how far it came, and all that is needed to continue. */
export interface StoppedRun extends Stopped {
  options: AnalysisOptions;
  several?: SeveralModels;
}

/** The parts whose sections a task fills; undefined for all. Comparisons and paths have sections of their own. */
export function filledParts({ options, several }: Task): readonly Part[] | undefined {
  return several ? [] : options.only;
}

/** Describes a task that stops here. A run that continues must find what is kept, so it never starts afresh. */
export function stoppedRun({ options: { fresh: _, ...options }, several }: Task, stopped: Stopped): StoppedRun {
  return { ...stopped, options, ...(several ? { several } : {}) };
}
