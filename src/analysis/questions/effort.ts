import type { ResolvedOptions } from '../../options/presets';
import type { QuestionId } from '../../protocol/worker';

/** How much is measured for a question: what the slope alone tells, or everything that the verdict reads. */
export type Depth = 'slope' | 'everything' | 'first probes';

/** Measurements by which a point is told from a slope. */
const SLOPE = ['loss', 'gradient', 'descent', 'noise'] as const;

/** Ids of the measurements that the verdicts on a question read. */
const MEASURED: Record<QuestionId, readonly string[]> = {
  saddle: [...SLOPE, 'curvatureAlong', 'spectrum', 'escape'],
  flatRegion: [...SLOPE, 'curvatureAlong', 'spectrum', 'escape', 'cliff', 'elsewhere'],
  conditioning: ['loss', 'features', 'spectrum'],
  layerGradients: ['loss', 'gradient', 'depth'],
};

/** Probes and Lanczos steps that bound the median |λ| where it is far below λ_max, which it usually is. */
const FIRST_PROBES = { probes: 2, steps: 20 };

/** Number of the largest eigenvalues that are taken apart from the others. */
const OUTLIERS = 5;

/** Reduces the request of a whole analysis to the measurements of one question, on `draw` samples. */
export function reducedFor(question: QuestionId, depth: Depth, draw: number | null) {
  return (options: ResolvedOptions): ResolvedOptions => {
    const isFirst = depth === 'first probes';
    return {
      ...options,
      // Some measurements look here for what else is measured.
      only: ['loss', 'gradient', 'spectrum', 'dynamics'],
      measure: depth === 'slope' ? SLOPE : MEASURED[question],
      draw,
      testData: null,
      lines: [],
      planes: [],
      planeCurvature: null,
      basin: false,
      profile: false,
      saveBest: null,
      // A draw bounds the median |λ| of all data by what the largest eigenvalues leave over.
      top: question === 'conditioning' && draw !== null ? OUTLIERS : 1,
      // The conditioning of a spectrum that is not known in full reads its upper end and its median.
      bottom: question === 'conditioning' ? 0 : 1,
      spectrumOf: question === 'conditioning' ? 'density' : 'ends',
      ...(isFirst && {
        effort: 'lean',
        probes: Math.min(options.probes, FIRST_PROBES.probes),
        lanczosSteps: Math.min(options.lanczosSteps, FIRST_PROBES.steps),
      }),
    };
  };
}
