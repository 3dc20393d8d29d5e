import type { Value } from '../graph/graph';
import type { SourceSubgraph } from '../graph/source';
import type { LowerContext } from './context';

/**
 * Lowers a subgraph once for given inputs and returns its outputs.
 * @param taken whether it counts at all, where only the data tell
 */
export type RunBody = (body: SourceSubgraph, inputs: readonly Value[], taken?: Value) => Promise<readonly Value[]>;

/** Lowers a node of control flow. @param mayChoose whether a value is the same for all that one run of the graph computes */
export type Unrolling = (
  c: LowerContext,
  run: RunBody,
  mayChoose: (condition: Value) => boolean,
) => Promise<readonly Value[]>;
