import type { PackedState } from './pageState';

/** Extension → page. */
export type ToWebview =
  /** Sent when the state changes and in answer to `ready`; `unpackState` turns it into a `PageState`. */
  | ({ type: 'state' } & PackedState)
  /** Sent first in answer to `ready`: the page stores the model's path, so that the editor can revive its panel. */
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
