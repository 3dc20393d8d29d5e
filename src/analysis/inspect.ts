import { inspectModel } from '../objective/open/inspectModel';
import type { AnalysisOptions } from '../options/options';
import { resolveOptions } from '../options/presets';
import type { Inspection } from '../protocol/worker';

/** What can be said of a model file without data. @throws UserError when it cannot be read */
export function inspect(model: string, options: AnalysisOptions): Promise<Inspection> {
  return inspectModel(model, resolveOptions(options));
}
