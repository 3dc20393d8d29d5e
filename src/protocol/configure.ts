import type { AnalysisOptions, LossName, Preset } from '../options/options';
import type { DataPreview } from './dataPreview';

/** The options that the form sets. Null removes one from the options file, so that it is automatic again. */
export type FormOptions = {
  [Name in 'data' | 'input' | 'target' | 'loss' | 'samples' | 'preset' | 'only']?: AnalysisOptions[Name] | null;
};

/** The loss at the weights of the model, on the first samples. */
export type LossAtWeights =
  | { kind: 'measuring' }
  | { kind: 'cancelled' }
  | { kind: 'failed'; what: string; action?: string }
  | {
      kind: 'measured';
      function: LossName;
      loss: number | null;
      standardError: number | null;
      samples: number;
      chanceLoss: number | null;
      accuracy: number | null;
      chanceAccuracy: number | null;
    };

/** The expected time of an analysis by each preset, and how many samples it is for. */
export type ExpectedTime = Record<Preset, { samples: number; seconds: number }>;

/** Messages from the extension to the form. */
export type ToForm =
  /** Sent when the form opens: the options that the options file has now. */
  | { type: 'form'; options: FormOptions; file: string }
  /** Sent in answer to `preview`, and when the user chose data in a dialog. */
  | { type: 'preview'; data: string | null; preview: DataPreview }
  | { type: 'loss'; loss: LossAtWeights }
  /** Sent in answer to `expect` and after a preview; null where the time cannot be told. */
  | { type: 'time'; time: ExpectedTime | null }
  /** Sent in answer to `save`: the options file, or what is wrong with the options. */
  | { type: 'saved'; file: string }
  | { type: 'refused'; what: string; action?: string };

/** Messages from the form to the extension. */
export type FromForm =
  /** Sent when the user opens the form. */
  | { type: 'configure' }
  /** Sent when data or mapping change. The extension also measures the loss, if the data can be read. */
  | { type: 'preview'; options: FormOptions }
  /** Sent when samples or parts change: asks for the expected time. */
  | { type: 'expect'; options: FormOptions }
  /** Sent when the user chooses other data than those found. */
  | { type: 'chooseData'; kind: 'file' | 'folder'; options: FormOptions }
  | { type: 'cancelLoss' }
  | { type: 'save'; options: FormOptions; analyze: boolean };
