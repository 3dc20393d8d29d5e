import type { SourceNode } from './source';
import type { Tensor } from './tensor';

/** Runs operators of a model on given tensors: the engine's part in constant folding. */
export interface Evaluator {
  /** Runs one operator and returns its results, without omitted ones. */
  evaluate(node: SourceNode, inputs: readonly (Tensor | null)[], opset: number): Promise<Tensor[]>;
  /** Runs standard operators that read `known` and one another; returns every result by its name. */
  evaluateAll(
    nodes: readonly SourceNode[],
    known: ReadonlyMap<string, Tensor>,
    opset: number,
  ): Promise<ReadonlyMap<string, Tensor>>;
}
