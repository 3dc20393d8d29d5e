import type { MeasuredName } from './measured';
import type { Failure, Progress } from './worker';

/** What the page of a measurement does now, besides showing what was measured before. */
export type MeasuringState =
  | { kind: 'idle' }
  | { kind: 'measuring'; progress: Progress }
  /** `help` lists the buttons that lead out of the failure, the most likely first. */
  | { kind: 'failed'; failure: Failure; help: { id: string; label: string }[] };

/** What became of a file after it was measured. */
export type FileFate = 'changed' | 'gone';

/** Messages from the extension to the page of a measurement. */
export type ToMeasuredPage =
  /** Sent first in answer to `ready`: the page stores it, so that the editor can revive its panel. */
  | { type: 'belongsTo'; subject: string }
  /** Sent in answer to `ready` and whenever anything of it changes. */
  | {
      type: 'state';
      page: MeasuredName;
      /** The model that was verified, or the machine; empty path for a machine. */
      title: string;
      path: string;
      state: MeasuringState;
      /** What was measured last, as `packDated` writes it. */
      dated?: string;
      /** What became of the measured file since; absent if it is as it was. */
      since?: FileFate;
      /** The provider that the settings ask for. */
      setting: string;
    };

/** Messages from the page of a measurement to the extension. */
export type FromMeasuredPage =
  /** Sent once, when the page's script has started. */
  | { type: 'ready' }
  /** Sent when the user asks to measure anew. */
  | { type: 'again' }
  | { type: 'cancel' }
  /** Sent when the user presses a button of `help` under a failure. */
  | { type: 'help'; id: string }
  /** Sent when the user asks to install the libraries of CUDA. */
  | { type: 'install' }
  /** Sent when the user chooses the provider that analyses run on, which the settings keep. */
  | { type: 'choose'; provider: string }
  | { type: 'showLog' }
  /** Sent when an error occurs inside the page. The extension writes it to the log. */
  | { type: 'fault'; message: string; stack?: string };
