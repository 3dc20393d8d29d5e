import type { PackedState } from './pageState';

/** Extension → page. */
export type ToWebview =
  /** Sent when the state changes and in answer to `ready`; `unpackState` turns it into a `PageState`. */
  | ({ type: 'state' } & PackedState)
  /** Sent first in answer to `ready`: the page stores the model's path, so that the editor can revive its panel. */
  | { type: 'belongsTo'; model: string };

/** Page → extension. */
export type FromWebview =
  /** Sent once, when the page's script has started: asks for the state. */
  | { type: 'ready' }
  /** Sent when the user presses Cancel. */
  | { type: 'cancel' }
  /** Sent when the user presses Run again or Thorough. */
  | { type: 'rerun'; preset?: 'quick' | 'standard' | 'thorough' }
  /** Sent when the user asks to save the report. */
  | { type: 'export'; format: 'json' | 'html' }
  /** Sent when the user asks for the log (after a failure). */
  | { type: 'showLog' }
  /** Sent when the user saves a chart as a picture: PNG, base64 without prefix. */
  | { type: 'savePicture'; name: string; png: string }
  /** Sent when an error occurs inside the page, for the log. */
  | { type: 'fault'; message: string; stack?: string };
