import { availableParallelism } from 'node:os';
import { chooseProvider, probeProviders } from '../engine/probe';
import type { ProviderProbe } from '../protocol/worker';

/** Tries and times each execution provider of this machine, and reports which one `auto` chooses. */
export async function providers(): Promise<{ providers: ProviderProbe[]; chosen: string; reason: string }> {
  const threads = availableParallelism();
  const probes = await probeProviders(threads);
  const { provider, reason } = await chooseProvider('auto', threads);
  return { providers: probes, chosen: provider, reason };
}
