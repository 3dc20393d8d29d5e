import { availableParallelism } from 'node:os';
import { probeProviders } from '../engine/probe';
import { automaticChoice, objection, standing } from '../engine/providerChoice';
import type { Precision } from '../options/options';
import type { ProvidersFound } from '../protocol/measured';
import type { Progress } from '../protocol/worker';

/**
 * Tries and times each execution provider of this machine, and tells which one `auto` chooses and why.
 * @param precision the precision that analyses ask for
 */
export async function providers(
  precision: Precision = 'float32',
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (progress: Progress) => void } = {},
): Promise<ProvidersFound> {
  const probes = await probeProviders(availableParallelism(), {
    signal,
    onTry: (name, index, count) => onProgress?.({ stage: 'Probing', detail: name, fraction: index / count }),
  });
  const { chosen, reason } = automaticChoice(probes, precision);
  return {
    providers: probes.map((probe) => ({
      ...probe,
      reason: standing(probe, probes, precision),
      isUsable: probe.available && objection(probe, precision) === null,
    })),
    chosen: chosen.name,
    reason,
  };
}
