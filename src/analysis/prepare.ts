import { availableParallelism } from 'node:os';
import { chooseProvider } from '../engine/probe';
import type { AnalysisOptions } from '../options/options';

/**
 * Does what every analysis with these options begins with: loads the runtime and chooses the provider, which takes as
 * long as the first figures of a small model. The process remembers the choice.
 */
export async function prepare({ provider = 'auto', threads, precision }: AnalysisOptions): Promise<void> {
  await chooseProvider(provider, threads ?? availableParallelism(), precision);
}
