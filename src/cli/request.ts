import { relative } from 'node:path';
import { UserError } from '../errors';
import type { AnalysisOptions } from '../options/options';
import { readSidecar, sidecarPath } from '../options/sidecar';

/**
 * The options of one analysis: flags before sidecar file (the preset fills the rest later). Without data in either,
 * the best data beside the model are taken, and said so.
 * @throws UserError when there is nothing to measure on
 */
export async function optionsFor(
  model: string,
  flags: AnalysisOptions,
  say: (text: string) => void,
): Promise<AnalysisOptions> {
  const sidecar = (await readSidecar(model)) ?? {};
  const options: AnalysisOptions = { ...sidecar, ...flags };
  if (options.data !== undefined) return options;

  const { findData } = await import('../analysis/findData');
  const candidates = await findData(model);
  const [found] = candidates.filter((candidate) => candidate.fits);
  if (!found) {
    throw new UserError({
      what: 'No data was given, and none that fits lies beside the model.',
      where: candidates.map(({ path, description }) => `${path}: ${description}`),
      action: `Name a file with --data FILE (or in ${relative('', sidecarPath(model))}), or take a first look with --data generated.`,
    });
  }
  if (!options.quiet) say(`Using ${relative('', found.path)}: ${found.description}\n`);
  return { ...options, data: found.path };
}
