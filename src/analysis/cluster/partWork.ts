import type { ModelSize } from '../economy';

/** What one part measures. */
export type PartWork =
  /** Whole measurements, whose findings later parts read. */
  | { kind: 'measurements'; ids: string[] }
  /** Pieces `first` ≤ i < `end` of one measurement. */
  | { kind: 'pieces'; id: string; first: number; end: number }
  /** The report of one model: of a checkpoint, or of one side of a comparison. */
  | { kind: 'report'; model: string };

/** What every part of a plan reads. */
export interface SharedFacts {
  /** From which the time of an analysis was expected: every machine leaves out the same. Null for whole reports. */
  size: ModelSize | null;
  /** sha256 of each model and of the data when the run was planned. */
  contents: Record<string, string>;
}

/** The key of the finding of a measurement. */
export const findingOf = (id: string): readonly unknown[] => ['finding', id];
/** The key of the report of a model. */
export const reportOf = (model: string): readonly unknown[] => ['report', model];
