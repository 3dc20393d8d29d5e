import type { SourceNode } from '../graph/source';
import type { DType, Tensor } from '../graph/tensor';
import type { ElementType } from './elementType';

/**
 * A tensor of the file. The first access reads `data`: a view into the file's bytes if these are aligned, a copy if they
 * are not, or a part of the external file. Narrow floats are widened. Access may throw a UserError if an external file has
 * changed.
 */
export interface StoredTensor extends Tensor {
  /** Element type in the file, such as `float16` for a `dtype` of float32. */
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
  /** Types, and tensors of unsupported elements; the value names them. */
  | { kind: 'other'; value: string };

/** Sizes known, symbolic, or unknown. */
export type OnnxDim = number | string | null;

export interface OnnxValueInfo {
  readonly name: string;
  /** "float32", "sequence(float32)", "unknown". */
  readonly type: string;
  /** Element type in the graph; null for anything but tensors, and for unsupported elements. */
  readonly dtype: DType | null;
  /** Null: unknown rank. */
  readonly shape: readonly OnnxDim[] | null;
}

/** One operator. Its name is never empty: an unnamed node gets the name of its operator and position, `Conv_3`. */
export interface OnnxNode extends SourceNode {
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

interface GraphOf<Node> {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, StoredTensor>;
  /** Inputs, without those that only name an initializer, as in files of IR 3. */
  readonly inputs: readonly OnnxValueInfo[];
  /** Names of these initializers, which are inputs with a default value. */
  readonly defaults?: readonly string[];
  readonly outputs: readonly OnnxValueInfo[];
  /** What the file says of the values in between. */
  readonly valueInfo: ReadonlyMap<string, OnnxValueInfo>;
}

/** A graph without function calls, its nodes in topological order, every name defined once. */
export type OnnxGraph = GraphOf<OnnxNode>;

/** A node of the file, which may call a function or belong to one. */
export interface FileNode extends Omit<SourceNode, 'attributes'> {
  readonly overload: string;
  readonly attributes: Readonly<Record<string, FileAttribute>>;
}

export type FileGraph = GraphOf<FileNode>;

/** A reference has the value of this attribute of the calling node. */
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
  /** The unchanged file, without external data. */
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
  /** Files that contain weights, as the model names them. */
  readonly externalFiles: readonly string[];
}
