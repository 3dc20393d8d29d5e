import type { Report } from '../report/report';
import type { Failure, Progress } from './worker';

/** What the page shows; one of these at any time. */
export type PageState =
  | { kind: 'empty' }
  | { kind: 'running'; title: string; progress: Progress; report?: Report }
  | { kind: 'failed'; failure: Failure; report?: Report }
  | { kind: 'report'; report: Report };

/** Extension → page. */
export type ToWebview =
  /** Whenever the state changed, and in answer to `ready`. */
  { type: 'state'; state: PageState };

/** Page → extension. */
export type FromWebview =
  /** Once, when the page's script has started: asks for the state. */
  | { type: 'ready' }
  /** The person pressed Cancel. */
  | { type: 'cancel' }
  /** The person pressed Run again, or Thorough. */
  | { type: 'rerun'; preset?: 'quick' | 'standard' | 'thorough' }
  /** The person asked to save the report. */
  | { type: 'export'; format: 'json' | 'html' }
  /** The person asked for the log (after a failure). */
  | { type: 'showLog' }
  /** A chart was saved as a picture: PNG, base64 without prefix. */
  | { type: 'savePicture'; name: string; png: string }
  /** A fault inside the page, for the log. */
  | { type: 'fault'; message: string; stack?: string };
