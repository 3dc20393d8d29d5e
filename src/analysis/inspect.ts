import { inspectModel } from '../objective/open/inspectModel';
import { PRESETS } from '../options/options';
import type { AnalysisOptions, Preset } from '../options/options';
import { resolveOptions } from '../options/presets';
import { FROM_OPTIONS_FILE } from '../options/sidecar';
import type { Inspection } from '../protocol/worker';
import { formatExactCount } from '../text/counts';
import { formatExpectedSeconds } from '../text/time';
import { expectedTimeOf } from './expectedTime';

/** Number of samples that the stated time of an analysis refers to. */
const SAMPLES = 1000;

/** Describes a model file without data. @throws UserError when the file cannot be read */
export async function inspect(model: string, options: AnalysisOptions): Promise<Inspection> {
  const { pass, canDifferentiate, ...inspection } = await inspectModel(model, resolveOptions(options));
  const times = expectedTimeOf({ ...inspection, pass, canDifferentiate }, options, SAMPLES);
  const seconds = times && {
    quick: times.quick.seconds,
    standard: times.standard.seconds,
    thorough: times.thorough.seconds,
  };
  const loss = options.loss ? { loss: options.loss, reason: FROM_OPTIONS_FILE } : inspection.loss;
  return { ...inspection, loss, expectedSeconds: seconds, time: seconds && timeText(seconds) };
}

function timeText(seconds: Record<Preset, number>): string {
  const presets = PRESETS.map((preset) => `${preset} ${formatExpectedSeconds(seconds[preset])}`);
  return `An analysis of ${formatExactCount(SAMPLES)} samples takes, by preset: ${presets.join(', ')}. It may take a third or twice as long.`;
}
