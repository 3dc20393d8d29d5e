import type { Value } from '../graph/graph';
import type { Tensor } from '../graph/tensor';
import type { Resident } from './resident';
import type { Feeds } from './runtime';

/** What to compile: values of a graph, which of them are fed, and which never change. */
export interface ProgramRequest {
  inputs: Readonly<Record<string, Value>>;
  outputs: Readonly<Record<string, Value>>;
  constants: ReadonlyMap<Value, Tensor>;
  /** Whether transposes are left where they stand in the graph; on the CPU alone. */
  transposesStay?: boolean;
}

/** A compiled graph. Its outputs come back to the host, or stay where it runs. */
export interface Program<Output extends Tensor | Resident = Tensor> {
  /** @param lane in which it runs, and in which what it is fed lies, unless that is on the host */
  run(feeds: Feeds, lane?: number): Promise<Record<string, Output>>;
  /** Ends what its runs left on a device, too. */
  release(): Promise<void>;
}
