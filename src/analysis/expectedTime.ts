import { inspectModel } from '../objective/open/inspectModel';
import type { ModelInspection } from '../objective/open/inspectModel';
import { PRESETS } from '../options/options';
import type { AnalysisOptions } from '../options/options';
import { resolveOptions } from '../options/presets';
import type { ExpectedTime } from '../protocol/configure';
import { expectedSecondsOf, withinTime } from './economy';
import { expectedSize } from './expectedSize';

/**
 * Estimates the time of an analysis by each preset, without reading data.
 * @param available number of samples that the data have
 * @returns null if nothing can be measured
 */
export async function expectTime(
  model: string,
  options: AnalysisOptions,
  available: number,
): Promise<ExpectedTime | null> {
  return expectedTimeOf(await inspectModel(model, resolveOptions(options)), options, available);
}

/** Estimates the same for a model that has been inspected. */
export function expectedTimeOf(
  inspection: ModelInspection,
  asked: AnalysisOptions,
  available: number,
): ExpectedTime | null {
  const times = PRESETS.map((preset) => {
    const options = { ...asked, preset };
    const resolved = resolveOptions(options);
    const samples = Math.min(available, resolved.samples);
    const size = expectedSize(inspection, samples, asked);
    return (
      size &&
      ([preset, { samples, seconds: expectedSecondsOf(withinTime(resolved, options, size).options, size) }] as const)
    );
  });
  return times.every((time) => time !== null) ? (Object.fromEntries(times) as ExpectedTime) : null;
}
