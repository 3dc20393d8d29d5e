import type { SourceNode } from '../graph/source';
import type { DType, Tensor } from '../graph/tensor';
import type { ElementType } from './elementType';

/**
 * A tensor of the file. `data` is read when it is first asked for: a view into the file's bytes where these are
 * aligned, a copy where they are not, a part of the external file where they are there; narrow floats are widened.
 * Asking may fail with a UserError when an external file has changed since.
 */
export interface StoredTensor extends Tensor {
  /** Element type in the file: `float16` where `dtype` is float32. */
  readonly element: ElementType;
}

export type OnnxAttribute = Attribute<OnnxGraph>;

type Attribute<Graph> =
  | { kind: 'int'; value: number }
  | { kind: 'ints'; value: readonly number[] }
  | { kind: 'float'; value: number }
  | { kind: 'floats'; value: readonly number[] }
  | { kind: 'string'; value: string }
  | { kind: 'strings'; value: readonly string[] }
  | { kind: 'tensor'; value: StoredTensor }
  | { kind: 'tensors'; value: readonly StoredTensor[] }
  | { kind: 'graph'; value: Graph }
  | { kind: 'graphs'; value: readonly Graph[] }
  /** Types, and tensors of elements that nothing is computed with; the value says which. */
  | { kind: 'other'; value: string };

/** Sizes known, symbolic, or unknown. */
export type OnnxDim = number | string | null;

export interface OnnxValueInfo {
  readonly name: string;
  /** "float32", "sequence(float32)", "unknown". */
  readonly type: string;
  /** Element type here; null for anything but tensors, and for elements that nothing is computed with. */
  readonly dtype: DType | null;
  /** Null: unknown rank. */
  readonly shape: readonly OnnxDim[] | null;
}

/** One operator. Its name is never empty: an unnamed node is called after its operator and place, `Conv_3`. */
export interface OnnxNode extends SourceNode {
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

interface GraphOf<Node> {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, StoredTensor>;
  /** Without those that only name an initializer, as files of IR 3 have them. */
  readonly inputs: readonly OnnxValueInfo[];
  /** Names of those: inputs that have a value where nobody gives one. */
  readonly defaults?: readonly string[];
  readonly outputs: readonly OnnxValueInfo[];
  /** What the file says of the values in between. */
  readonly valueInfo: ReadonlyMap<string, OnnxValueInfo>;
}

/** A graph without function calls, its nodes in topological order, every name defined once. */
export type OnnxGraph = GraphOf<OnnxNode>;

/** A node as the file has it: maybe the call of a function, or part of one. */
export interface FileNode extends Omit<SourceNode, 'attributes'> {
  readonly overload: string;
  readonly attributes: Readonly<Record<string, FileAttribute>>;
}

export type FileGraph = GraphOf<FileNode>;

/** A reference takes the value of that attribute of the calling node. */
export type FileAttribute = Attribute<FileGraph> | { kind: 'reference'; value: string };

/** A function of the model: an operator defined by other operators. */
export interface OnnxFunction {
  readonly name: string;
  readonly domain: string;
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Attributes a call may leave out. */
  readonly defaults: Readonly<Record<string, FileAttribute>>;
  readonly nodes: readonly FileNode[];
  readonly opsets: Readonly<Record<string, number>>;
}

export interface OnnxModel {
  readonly path: string;
  /** The file as it is, without external data. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly sha256: string;
  readonly irVersion: number;
  /** Exporter and its version. */
  readonly producer: string;
  /** Operator set versions by domain; '' is the standard. */
  readonly opsets: Readonly<Record<string, number>>;
  /** Functions are inlined already. */
  readonly graph: OnnxGraph;
  readonly functions: readonly OnnxFunction[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Files that hold weights, as the model names them. */
  readonly externalFiles: readonly string[];
}
