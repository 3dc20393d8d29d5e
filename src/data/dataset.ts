import type { NamedTargets } from './classNames';
import type { Sharing } from '../graph/source';
import type { DType, Tensor } from '../graph/tensor';

/** A graph input that the data must fill. `null` is a free dimension. Axis 0 counts samples, whatever its size here. */
export interface InputSpec {
  name: string;
  dtype: DType;
  shape: readonly (number | null)[];
  /** Whether the input is zero if the data contain no array of its name. */
  zeroByDefault?: boolean;
  /** Default value of an option. */
  byDefault?: Tensor;
  /** Whether one value serves all samples. Omitting it means `never`. */
  sharing?: Sharing;
  /** Whether the input is added to attention scores, where −∞ hides a position. */
  masks?: boolean;
}

/** Whether an input has a default value. */
export const hasDefault = ({ zeroByDefault, byDefault }: InputSpec): boolean => zeroByDefault === true || !!byDefault;

/** The data on which a model is evaluated. Axis 0 of every tensor counts samples, except for the shared inputs. */
export interface Dataset {
  /** Tensors [N, …] by graph input name, in the input's own dtype and rank; [N] if the input is a scalar. */
  inputs: Record<string, Tensor>;
  /** Inputs with one value for all samples, in their own shape. */
  shared?: Readonly<Record<string, Tensor>>;
  /** As found in the data; `prepareTarget` turns it into what a loss wants. */
  target: Tensor | null;
  samples: number;
  /** Number of samples in the data, if these were drawn from more at random. */
  drawnFrom?: number;
  /** Positive weights of the samples, [N]. Without them, all samples count equally. */
  weights?: Float64Array;
  /** Path as given, or 'generated'. */
  source: string;
  /** Hash of the bytes as read. */
  sha256: string;
  generated: boolean;
  /** True when the targets are recorded outputs of a model (ONNX test data), not labels. */
  targetIsModelOutput: boolean;
  /** A sentence that names another possible target column, if only the position of a column identified the targets. */
  targetHint?: string;
  /** Names of the classes in the order of their indices, if the targets were names. */
  classNames?: readonly string[];
  /** Every reshape, conversion and choice that was made, one sentence each. */
  notes: string[];
  /** Sentences on the files that change no figure. */
  remarks?: readonly string[];
}

/** One named array of a data file. It is read on demand, because a file may hold unused or unreadable arrays. */
export interface ArrayEntry {
  key: string;
  shape: readonly number[];
  /** Element type as the file names it: "float32", ">f8", "text". */
  dtype: string;
  load(): Tensor;
  /** Converts an array of words to targets. Arrays of numbers lack this method. */
  classes?(): NamedTargets;
}

/** An opened data file or folder. */
export interface ArraySource {
  /** Name of the format for messages: "npz", "CSV", "image folder". */
  kind: string;
  entries: ArrayEntry[];
  sha256: string;
  notes: string[];
  /** Sentences on the files that change no figure. */
  remarks?: readonly string[];
  /** Key of the targets, if the format itself identifies them (class folders, IDX labels, the last column). */
  targetKey?: string;
  /** Keys in the order of the graph's inputs, if the format numbers them (input_0.pb, input_1.pb). */
  inputKeys?: string[];
  targetIsModelOutput?: boolean;
  targetHint?: string;
  /** Class names in the order of their indices, if the format itself names the classes. */
  classNames?: readonly string[];
}

/** Formats a shape as `[1000, 1, 28, 28]`, with `?` for free dimensions. */
export function formatShape(shape: readonly (number | null)[]): string {
  return `[${shape.map((dim) => dim ?? '?').join(', ')}]`;
}

/** Formats an array as `input [1000, 1, 28, 28] float32`. */
export function formatEntry(entry: Pick<ArrayEntry, 'key' | 'shape' | 'dtype'>): string {
  return `${entry.key} ${formatShape(entry.shape)} ${entry.dtype}`;
}
