import { dirname } from 'node:path';
import type { AnalysisOptions } from '../../options/options';
import { fittingData } from '../../protocol/fittingData';
import { ExpectTime, FindData, PreviewData } from '../../protocol/worker';
import type { EngineClient } from '../engineClient';

/** The options of an analysis that an agent may set. None of them says where to write. */
export const AGENT_OPTIONS = [
  'data',
  'testData',
  'loss',
  'target',
  'preset',
  'only',
  'samples',
  'learningRate',
  'weightDecay',
  'seed',
] as const satisfies readonly (keyof AnalysisOptions)[];

export type AgentOptions = Pick<AnalysisOptions, (typeof AGENT_OPTIONS)[number]>;

/** Takes what an agent may set out of its call, and leaves everything else. */
export function optionsOfCall(call: AgentOptions): AgentOptions {
  return Object.fromEntries(AGENT_OPTIONS.flatMap((name) => (call[name] === undefined ? [] : [[name, call[name]]])));
}

/** Finds data beside the model where no option names any. @throws UserError if none fits */
export async function withFoundData(
  engine: EngineClient,
  model: string,
  options: AnalysisOptions,
  signal?: AbortSignal,
): Promise<AnalysisOptions> {
  if (options.data !== undefined) return options;
  const candidates = await engine.request(FindData, { model }, { signal });
  const action = `Name a file in "data", or pass "generated" for random inputs. Data beside the model, in ${dirname(model)}, are found on their own.`;
  return { ...options, data: fittingData(model, candidates, action).path };
}

/** Number of samples that the expected time is for where nothing tells how many the data have. */
const SAMPLES = 1000;

/**
 * Returns the expected seconds of an analysis, on as many samples as its data and its options give it.
 * @returns 0 where nothing can be measured
 */
export async function expectedSecondsOf(
  engine: EngineClient,
  model: string,
  options: AnalysisOptions,
  signal?: AbortSignal,
): Promise<number> {
  const { samples } = await engine.request(PreviewData, { model, options }, { signal });
  const available = samples ?? options.samples ?? SAMPLES;
  const { time } = await engine.request(ExpectTime, { model, options, available }, { signal });
  return time?.[options.preset ?? 'standard'].seconds ?? 0;
}
