import type { ExpectedTime, FormOptions, LossAtWeights } from '../../src/protocol/configure';
import type { DataPreview } from '../../src/protocol/dataPreview';
import type { DataCandidate, Inspection } from '../../src/protocol/worker';

/** What the form that configures an analysis shows. */
export interface ConfigureState {
  options: FormOptions;
  inspection?: Inspection;
  candidates: readonly DataCandidate[];
  preview?: DataPreview;
  loss?: LossAtWeights;
  /** The expected time by preset: undefined while it is estimated, null where it cannot be told. */
  time?: ExpectedTime | null;
}

/** What the controls of the form do. */
export interface ConfigureActions {
  /** Sets options that concern the data: they are read again. */
  setData(more: FormOptions): void;
  /** Sets options of what is measured. */
  setMeasures(more: FormOptions): void;
  chooseData(kind: 'file' | 'folder'): void;
  measureLoss(): void;
  cancelLoss(): void;
}

/** The first data beside the model that fit. */
export function suggested(candidates: readonly DataCandidate[]): string | null {
  return candidates.find(({ fits }) => fits)?.path ?? null;
}
