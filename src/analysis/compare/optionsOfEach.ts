import type { AnalysisOptions, Part } from '../../options/options';
import { isOneNetwork } from '../path/sameNetwork';

/** What is measured of each model unless the user names parts: enough to compare, without planes and optimizers. */
const PARTS: Part[] = ['loss', 'gradient', 'spectrum', 'lines'];
/** Where no line leads from one model to another, their planes stand side by side. */
const PARTS_APART: Part[] = [...PARTS, 'plane'];

/** The options of the analysis of each model. */
export async function optionsOfEach(asked: AnalysisOptions, models: readonly string[]): Promise<AnalysisOptions> {
  const alone: (keyof AnalysisOptions)[] = [
    'match',
    'saveMatched',
    'output',
    'html',
    'markdown',
    'failOn',
    'quiet',
    'about',
  ];
  const rest = Object.fromEntries(
    Object.entries(asked).filter(([name]) => !alone.includes(name as keyof AnalysisOptions)),
  );
  // Whether the models are of one architecture decides only what is measured by default, and reads every file.
  const usual = async (): Promise<Part[]> =>
    (await isOneNetwork(models, asked.parameters ?? [])) ? PARTS : PARTS_APART;
  return { ...rest, only: asked.only ?? (await usual()) };
}
