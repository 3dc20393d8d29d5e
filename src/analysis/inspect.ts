import { inspectModel } from '../objective/open/inspectModel';
import type { ModelInspection } from '../objective/open/inspectModel';
import { PRESETS } from '../options/options';
import type { AnalysisOptions, Preset } from '../options/options';
import { resolveOptions } from '../options/presets';
import { FROM_OPTIONS_FILE } from '../options/sidecar';
import type { Inspection } from '../protocol/worker';
import { formatExactCount } from '../text/counts';
import { formatExpectedSeconds } from '../text/time';
import { expectedSecondsOf, withinTime } from './economy';
import { expectedSize } from './expectedSize';

/** Number of samples that the stated time of an analysis refers to. */
const SAMPLES = 1000;

/** Describes a model file without data. @throws UserError when the file cannot be read */
export async function inspect(model: string, options: AnalysisOptions): Promise<Inspection> {
  const { pass, canDifferentiate, ...inspection } = await inspectModel(model, resolveOptions(options));
  const expectedSeconds = secondsOf({ ...inspection, pass, canDifferentiate }, options);
  const loss = options.loss ? { loss: options.loss, reason: FROM_OPTIONS_FILE } : inspection.loss;
  return { ...inspection, loss, expectedSeconds, time: expectedSeconds && timeText(expectedSeconds) };
}

/** Estimates the time of each preset. Returns null if nothing can be measured. */
function secondsOf(inspection: ModelInspection, asked: AnalysisOptions): Inspection['expectedSeconds'] {
  const sizeFor = (preset: Preset) => {
    const options = { ...asked, preset };
    const resolved = resolveOptions(options);
    const size = expectedSize(inspection, Math.min(SAMPLES, resolved.samples), asked);
    return size && { options, resolved, size };
  };
  const secondsFor = ({ options, resolved, size }: NonNullable<ReturnType<typeof sizeFor>>): number =>
    expectedSecondsOf(withinTime(resolved, options, size).options, size);
  const [quick, standard, thorough] = PRESETS.map(sizeFor);
  if (!quick || !standard || !thorough) return null;
  return { quick: secondsFor(quick), standard: secondsFor(standard), thorough: secondsFor(thorough) };
}

function timeText(seconds: Record<Preset, number>): string {
  const presets = PRESETS.map((preset) => `${preset} ${formatExpectedSeconds(seconds[preset])}`);
  return `An analysis of ${formatExactCount(SAMPLES)} samples takes, by preset: ${presets.join(', ')}. It may take half or three times as long.`;
}
