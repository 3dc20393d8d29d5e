import type { Value } from '../graph/graph';
import type { Tensor } from '../graph/tensor';
import type { Resident } from './resident';
import type { Feeds } from './runtime';

/** What to compile: values of a graph, the inputs among them, and the constants. */
export interface ProgramRequest {
  inputs: Readonly<Record<string, Value>>;
  outputs: Readonly<Record<string, Value>>;
  constants: ReadonlyMap<Value, Tensor>;
  /** Whether transposes keep their place in the graph; on the CPU only. */
  transposesStay?: boolean;
}

/** A compiled graph. Its outputs return to the host or stay where it runs. */
export interface Program<Output extends Tensor | Resident = Tensor> {
  /** @param lane that runs the program and holds its inputs, unless these are on the host */
  run(feeds: Feeds, lane?: number): Promise<Record<string, Output>>;
  /** Runs once for each of `each`, together with the inputs that all runs share. @returns results in the same order */
  runEach(shared: Feeds, each: readonly Feeds[], lane?: number): Promise<Record<string, Output>[]>;
  /** Also disposes of what its runs left on a device. */
  release(): Promise<void>;
}
