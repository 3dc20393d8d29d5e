import type { AnalysisOptions, Part, Preset } from '../../options/options';
import type { ResolvedOptions, SpectrumExtent } from '../../options/presets';

/** What each preset measures of the spectrum at every checkpoint. */
const SPECTRUM: Record<Preset, SpectrumExtent> = { quick: 'ends', standard: 'density', thorough: 'everything' };
const PARTS: readonly Part[] = ['loss', 'gradient', 'spectrum'];

/** Options that say nothing about the figures of one checkpoint, so that changing them measures nothing anew. */
const OF_THE_PATH = ['learningRate', 'momentum', 'line', 'plane', 'exact', 'planeError', 'saveBest', 'about'] as const;

/** The options of a path as those of one of its checkpoints: one eigenvalue at each end unless more are asked for. */
export function optionsOfCheckpoint(asked: AnalysisOptions): AnalysisOptions {
  const without = Object.fromEntries(OF_THE_PATH.map((name) => [name, undefined]));
  return { ...asked, ...without, only: [...PARTS], top: asked.top ?? 1, bottom: asked.bottom ?? 1 };
}

/**
 * What is measured at every checkpoint: loss, gradient and both ends of the spectrum, which take about as many products
 * as the preset gives Lanczos steps. The standard preset adds the density and the noise of the gradient.
 */
export function reducedForPath(options: ResolvedOptions): ResolvedOptions {
  const { preset } = options;
  return {
    ...options,
    lines: [],
    planes: [],
    effort: preset === 'quick' ? 'lean' : preset,
    along: preset === 'thorough' ? options.along : 'gradient',
    noise: preset !== 'quick',
    spectrumOf: SPECTRUM[preset],
  };
}
