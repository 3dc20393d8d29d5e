import type { NamedTargets } from './classNames';
import type { Sharing } from '../graph/source';
import type { DType, Tensor } from '../graph/tensor';

/** A graph input the data has to fill. `null` is a free dimension; axis 0 counts samples, whatever number is written there. */
export interface InputSpec {
  name: string;
  dtype: DType;
  shape: readonly (number | null)[];
  /** Zeros where the data hold nothing of its name. */
  zeroByDefault?: boolean;
  /** The value of an option where nobody gives another. */
  byDefault?: Tensor;
  /** Whether one value serves all samples; never, where it is left out. */
  sharing?: Sharing;
  /** Added to the scores of attention, where −∞ hides a place. */
  masks?: boolean;
}

/** Whether an input has a value where nobody gives one. */
export const hasDefault = ({ zeroByDefault, byDefault }: InputSpec): boolean => zeroByDefault === true || !!byDefault;

/** What a model is judged on. Every tensor has the samples on axis 0, apart from the shared ones. */
export interface Dataset {
  /** By graph input name, [N, …], in the input's own dtype and rank; [N] where the input itself has no axis. */
  inputs: Record<string, Tensor>;
  /** Inputs with one value for all samples, in their own shape. */
  shared?: Readonly<Record<string, Tensor>>;
  /** As found in the data; `prepareTarget` turns it into what a loss wants. */
  target: Tensor | null;
  samples: number;
  /** How much each sample counts, positive, [N]; left out, all count the same. */
  weights?: Float64Array;
  /** Path as given, or 'generated'. */
  source: string;
  /** Of the bytes as read. */
  sha256: string;
  generated: boolean;
  /** True when the targets are recorded outputs of a model (ONNX test data), not labels. */
  targetIsModelOutput: boolean;
  /** Another column that may hold the targets, as a sentence, where nothing but its place told which does. */
  targetHint?: string;
  /** Names of the classes, where targets were names, in the order of their numbers. */
  classNames?: readonly string[];
  /** Every reshape, conversion and choice that was made, one sentence each. */
  notes: string[];
}

/** One named array of a data file, read when asked for: files may hold arrays nobody needs, or cannot read. */
export interface ArrayEntry {
  key: string;
  shape: readonly number[];
  /** As the file calls it: "float32", ">f8", "text". */
  dtype: string;
  load(): Tensor;
  /** Of an array of words: the targets that they are. */
  classes?(): NamedTargets;
}

/** A data file or folder, opened. */
export interface ArraySource {
  /** "npz", "CSV", "image folder": for messages. */
  kind: string;
  entries: ArrayEntry[];
  sha256: string;
  notes: string[];
  /** Key of the targets, where the format itself says which they are (class folders, IDX labels, the last column). */
  targetKey?: string;
  /** Keys in the order of the graph's inputs, where the format counts them (input_0.pb, input_1.pb). */
  inputKeys?: string[];
  targetIsModelOutput?: boolean;
  targetHint?: string;
  /** In the order of their numbers, where the format itself names the classes. */
  classNames?: readonly string[];
}

/** `[1000, 1, 28, 28]`; free dimensions as `?`. */
export function formatShape(shape: readonly (number | null)[]): string {
  return `[${shape.map((dim) => dim ?? '?').join(', ')}]`;
}

/** `input [1000, 1, 28, 28] float32` */
export function formatEntry(entry: Pick<ArrayEntry, 'key' | 'shape' | 'dtype'>): string {
  return `${entry.key} ${formatShape(entry.shape)} ${entry.dtype}`;
}
