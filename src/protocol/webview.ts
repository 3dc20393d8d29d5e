import type { PackedState } from './pageState';

/** Extension → page. */
export type ToWebview =
  /** Whenever the state changed, and in answer to `ready`; `unpackState` makes a `PageState` of it. */
  | ({ type: 'state' } & PackedState)
  /** In answer to `ready`, first: the page keeps the model's path with what it remembers, so that its panel can be revived. */
  | { type: 'belongsTo'; model: string };

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
