import type { PackedState } from './pageState';
import type { PendingPoint } from './pendingPoint';

/** A chart as an SVG document, with the name that the page gives it. */
export interface NamedDrawing {
  name: string;
  svg: string;
}

/** Messages from the extension to the page. */
export type ToWebview =
  /** Sent when the state changes and in answer to `ready`; `unpackState` turns it into a `PageState`. */
  | ({ type: 'state' } & PackedState)
  /** Sent first in answer to `ready`: the page stores the model's path, so that the editor can revive its panel. */
  | { type: 'belongsTo'; model: string }
  /** Sent when the user exports the figures. The page answers with `figures`. */
  | { type: 'drawFigures' }
  /** Sent after a state, when the user asked to see one section. The page answers `revealed`. */
  | { type: 'reveal'; section: string }
  /** Sent in answer to `ready` where points of planes can be measured, and whenever those that are asked for change. */
  | { type: 'points'; points: PendingPoint[] };

/** Messages from the page to the extension. */
export type FromWebview =
  /** Sent once, when the page's script has started. The extension answers with the state. */
  | { type: 'ready' }
  /** Sent when the user presses a button of `help` under a failure. */
  | { type: 'help'; id: string }
  /** Sent when the section of `reveal` is in view. */
  | { type: 'revealed' }
  /** Sent when the user presses Cancel. */
  | { type: 'cancel' }
  /** Sent when the user presses Run again or Run thorough. */
  | { type: 'rerun'; preset?: 'quick' | 'standard' | 'thorough' }
  /** Sent when the user asks for the figures at a point of a plane. The extension answers with `points`. */
  | { type: 'measurePoint'; directions: { x: string; y: string }; at: { x: number; y: number } }
  /** Sent when the user cancels the points that are not measured yet, or has read why one failed. */
  | { type: 'cancelPoints' }
  /** Sent when the user presses Export. The editor then asks for the form. */
  | { type: 'export' }
  /** Sent in answer to `drawFigures`: every chart that the page shows, in the order of the page. */
  | { type: 'figures'; drawings: NamedDrawing[] }
  /** Sent when the user asks for the log, after a failure. */
  | { type: 'showLog' }
  /** Sent when the user asks for a bundled sample, on a page without a report. */
  | { type: 'openSample' }
  /** Sent when the user asks to save the weights that the best optimizer reached. */
  | { type: 'saveImproved' }
  /** Sent when the user saves a chart as a picture. `png` is base64 without the prefix of a data URL. */
  | { type: 'savePicture'; name: string; png: string }
  /** Sent when the user saves a chart as a drawing. `svg` is the text of the file. */
  | { type: 'saveDrawing'; name: string; svg: string }
  /** Sent when the user saves the data of a chart. `csv` is the text of the file. */
  | { type: 'saveTable'; name: string; csv: string }
  /** Sent when an error occurs inside the page. The extension writes it to the log. */
  | { type: 'fault'; message: string; stack?: string };
