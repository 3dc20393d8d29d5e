import type { DType, Tensor } from './tensor';

/** An attribute of a node in the user's model; `onnx/` fills it in. */
export type SourceAttribute =
  | { kind: 'int'; value: number }
  | { kind: 'ints'; value: readonly number[] }
  | { kind: 'float'; value: number }
  | { kind: 'floats'; value: readonly number[] }
  | { kind: 'string'; value: string }
  | { kind: 'strings'; value: readonly string[] }
  | { kind: 'tensor'; value: Tensor }
  | { kind: 'graph' | 'graphs' | 'tensors' | 'other'; value: unknown };

/** One operator of the user's model. An empty string among `inputs` or `outputs` is one left out. */
export interface SourceNode {
  readonly name: string;
  readonly op: string;
  /** '' for the ONNX standard. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, SourceAttribute>>;
}

/** The body of a loop or the branch of a condition. It may read names of the graphs around it. */
export interface SourceSubgraph {
  readonly nodes: readonly SourceNode[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  readonly inputs: readonly { readonly name: string }[];
  readonly outputs: readonly { readonly name: string }[];
}

/** An input of the user's model, the samples on axis 0; a free dimension is its symbol, or null. */
export interface SourceInput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly (number | string | null)[];
  /** The axis on which the model's own nodes expect the samples, if not 0. */
  readonly sampleAxis?: number;
  /** True for the first state of a recurrent layer, which is zero without data. */
  readonly zeroByDefault?: boolean;
  /** The value of an option where nobody gives another. */
  readonly byDefault?: Tensor;
}

/** The user's model as plain operators, its functions already inlined, its nodes in topological order. */
export interface SourceGraph {
  readonly nodes: readonly SourceNode[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  /** Without those that only name an initializer. */
  readonly inputs: readonly SourceInput[];
  readonly outputs: readonly string[];
  /** Operator set versions by domain. */
  readonly opsets: Readonly<Record<string, number>>;
}

/**
 * Whether an input has one value for all samples, such as a temperature, a sampling rate or a causal mask:
 * - `always`: it has no axis that could count samples
 * - `likely`: its first axis is fixed, or its name says that it is a length, while the first axis of another input is free
 * - `possible`: the first axes of all inputs are fixed; only data can decide
 * - `never`: its first axis counts samples
 */
export type Sharing = 'always' | 'likely' | 'possible' | 'never';
