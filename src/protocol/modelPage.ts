import type { FromForm, ToForm } from './configure';
import type { TensorStatistics } from './tensorStatistics';
import type { DataCandidate, Failure, Inspection } from './worker';

/** What the page of a model shows of the model itself. */
export type ModelState =
  /** The file is being read. */
  | { kind: 'reading' }
  | { kind: 'failed'; failure: Failure }
  | { kind: 'model'; inspection: Inspection; /** Size of the model file. */ fileBytes: number };

/** A stored report, as a list shows it. */
export interface ReportLine {
  id: string;
  /** When the analysis began, in ISO 8601. */
  started: string;
  /** What was found, in one line. */
  summary: string;
}

/** The data found beside a model, or why there is none to show. */
export type FoundData =
  { kind: 'searching' } | { kind: 'failed'; failure: Failure } | { kind: 'found'; candidates: DataCandidate[] };

/** Messages from the extension to the page of a model. */
export type ToModelPage =
  | ToForm
  /** Sent first in answer to `ready`, and whenever the file has changed. */
  | { type: 'model'; name: string; path: string; trusted: boolean; state: ModelState }
  /** Sent when the user calls the command that configures the analysis. */
  | { type: 'openForm' }
  /** Sent when the search for data beside the model begins and ends. */
  | { type: 'data'; data: FoundData }
  /** Sent whenever the reports of the model change. */
  | { type: 'reports'; reports: ReportLine[] }
  /** Sent in parts in answer to `statistics`; `missing` are tensors whose numbers cannot be read. */
  | { type: 'statistics'; tensors: TensorStatistics[]; missing: string[] };

/** Messages from the page of a model to the extension. */
export type FromModelPage =
  | FromForm
  /** Sent once, when the page's script has started. */
  | { type: 'ready' }
  /** Sent when the user presses Analyze; with `data`, those beside the model that the user chose. */
  | { type: 'analyze'; data?: string }
  /** Sent when the user presses Verify derivatives. */
  | { type: 'verify' }
  /** Sent when the user opens one of the reports. */
  | { type: 'openReport'; id: string }
  /** Sent when the user asks for the statistics of tensors. */
  | { type: 'statistics'; names: string[] }
  /** Sent when the user asks to read the file again, after a failure. */
  | { type: 'reload' }
  | { type: 'showLog' }
  /** Sent when an error occurs inside the page. The extension writes it to the log. */
  | { type: 'fault'; message: string; stack?: string };
