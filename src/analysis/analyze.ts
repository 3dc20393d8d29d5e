import { arch, cpus, platform } from 'node:os';
import { version } from '../../package.json';
import { UserError } from '../errors';
import type { Objective } from '../objective/objective';
import { openObjective } from '../objective/openObjective';
import { withWeightDecay } from '../objective/weightDecay';
import type { AnalysisOptions } from '../options/options';
import { resolveOptions } from '../options/presets';
import type { ResolvedOptions } from '../options/presets';
import type { Report } from '../report/report';
import { analyzeObjective } from './analyzeObjective';
import type { AnalysisHooks } from './analyzeObjective';

/**
 * The report of a model file on its data.
 * @throws UserError when model, data or options are at fault; AbortError when the signal aborts
 */
export async function analyze(model: string, asked: AnalysisOptions, hooks: AnalysisHooks = {}): Promise<Report> {
  const options = resolveOptions(asked);
  const { signal } = hooks;
  const started = new Date().toISOString();
  hooks.onProgress?.({ stage: 'Loading', fraction: 0 });
  const { objective, ...facts } = await openObjective(model, options, { signal });
  try {
    return await analyzeObjective(
      withWeightDecay(objective, options.weightDecay),
      {
        ...facts,
        provenance: {
          version,
          seed: options.seed,
          options: asked,
          data: facts.dataSha256,
          started,
          machine: `${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`,
        },
        otherTheta: (path) => thetaOf(path, options, objective, signal),
      },
      options,
      hooks,
    );
  } finally {
    await objective.dispose();
  }
}

/** θ of another model with the same parameters, for the line between the two. */
async function thetaOf(
  path: string,
  options: ResolvedOptions,
  own: Objective,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const { objective: other } = await openObjective(path, options, { signal });
  try {
    const shapes = (objective: Objective) => objective.parameters.map(({ shape }) => shape.join('×')).join(', ');
    if (shapes(own) !== shapes(other)) {
      throw new UserError({
        what: 'The other model has other parameters, so there is no line between the two.',
        where: [
          `${path}: ${other.dim} parameters in ${other.parameters.length} tensors, here ${own.dim} in ${own.parameters.length}`,
        ],
        action: 'Choose a model of the same architecture, exported in the same way.',
      });
    }
    return Float32Array.from(other.theta);
  } finally {
    await other.dispose();
  }
}
