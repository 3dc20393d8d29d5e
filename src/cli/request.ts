import { relative } from 'node:path';
import { shownSentence } from '../foreignText';
import type { AnalysisOptions } from '../options/options';
import { readSidecar, sidecarPath } from '../options/sidecar';
import { fittingData } from '../protocol/fittingData';

/** Combines the options of one analysis. Flags override the sidecar file, and the preset fills the rest later. */
export async function optionsFor(model: string, flags: AnalysisOptions): Promise<AnalysisOptions> {
  return { ...(await readSidecar(model)), ...flags };
}

/**
 * Adds data to the options. If neither flag nor sidecar file names data, takes the best file beside the model and
 * tells the user so.
 * @throws UserError if no file beside the model fits
 */
export async function withData(
  model: string,
  options: AnalysisOptions,
  say: (text: string) => void,
): Promise<AnalysisOptions> {
  if (options.data !== undefined) return options;
  const { findData } = await import('../analysis/findData');
  const action = `Name a file with --data FILE (or in ${nearPath(sidecarPath(model))}), or take a first look with --data generated.`;
  const found = fittingData(model, await findData(model), action);
  if (!options.quiet) say(`${shownSentence(`Using ${nearPath(found.path)}: ${found.description}`)}\n`);
  return { ...options, data: found.path };
}

/** Shortens a path relative to the current folder, unless it lies outside of it. */
function nearPath(path: string): string {
  const short = relative('', path);
  return short.startsWith('..') ? path : short;
}
