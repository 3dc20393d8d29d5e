import type { Tensor } from '../tensor';

/** An attribute of a node as the user's model has it; the reading room fills it in. */
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
