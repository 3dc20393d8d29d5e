import type { Part } from '../options/options';
import { reportFromJson, reportToJson } from '../report/json';
import type { Report } from '../report/report';
import type { Failure, Progress } from './worker';

/** The state of the page. It shows one of these at any time. */
export type PageState =
  | { kind: 'empty' }
  /** The editor asks the user for something. The page loads meanwhile and says what it waits for. */
  | { kind: 'waiting'; title: string; text: string }
  /** `parts` are those whose sections will fill; all of them where it is left out. */
  | { kind: 'running'; title: string; progress: Progress; report?: Report; parts?: readonly Part[] }
  /** `help` lists the buttons that lead out of the failure, the most likely first. */
  | { kind: 'failed'; failure: Failure; report?: Report; help?: { id: string; label: string }[] }
  /** `stopped` tells where the run of an unfinished report ended, if it can be continued. */
  | { kind: 'report'; report: Report; stopped?: Stopped };

/** Where and why a run ended before its report was complete. */
export interface Stopped {
  /** `interrupted`: the window or its process ended. */
  why: 'cancelled' | 'interrupted';
  /** Completed part of the whole analysis, 0 to 1. */
  fraction: number;
}

/** A state without its report. */
type BareState = PageState extends infer S ? (S extends { report?: Report } ? Omit<S, 'report'> : S) : never;

/**
 * A page state in the form in which it is sent. Messages between extension and page are JSON, which has no NaN and no
 * ∞, so the report is sent as the text in which it is saved.
 */
export interface PackedState {
  state: BareState;
  report?: string;
}

export function packState(state: PageState): PackedState {
  if (state.kind === 'empty' || state.kind === 'waiting') return { state };
  const { report, ...bare } = state;
  return report ? { state: bare, report: reportToJson(report) } : { state: bare };
}

/** @throws UserError if the report cannot be read */
export function unpackState({ state, report: text }: PackedState): PageState {
  const report = text === undefined ? undefined : reportFromJson(text);
  switch (state.kind) {
    case 'empty':
    case 'waiting':
      return state;
    case 'report':
      return report ? { ...state, report } : { kind: 'empty' };
    case 'running':
    case 'failed':
      return report ? { ...state, report } : state;
  }
}
