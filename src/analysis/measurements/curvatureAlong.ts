import { directionalCurvature } from '../../landscape/curvatureAlong';
import { rademacherVector, random } from '../../numerics/random';
import { norm } from '../../numerics/vectors';
import type { Objective } from '../../objective/objective';
import type { CurvatureAlong } from '../../options/presets';
import type { GradientMeasurement, ParameterMeasurement } from '../../report/report';
import { gradient, gradientIsWanted } from './gradient';
import type { Cost } from './measurement';
import { defineMeasurement, LOSSES } from './measurement';

/** Unit roundoff of float32. */
const UNIT = 2 ** -24;

const ALONG_WEIGHTS = 'curvature along the weights and along lines, and Gauss-Newton curvature along the gradient';

const COSTS: Record<CurvatureAlong, Cost> = {
  'gradient and θ': { losses: 3 * LOSSES.hvp + 2 * LOSSES.ggnvp, products: 5, graphs: ['ggnvp', 'hvp'] },
  gradient: { losses: LOSSES.hvp, products: 1, graphs: ['hvp'] },
  nothing: { losses: 0 },
};

export const curvatureAlong = defineMeasurement({
  id: 'curvatureAlong',
  title: 'Curvature along the gradient',
  part: 'always',
  timedAs: 'gradient',
  applies: (options) => gradientIsWanted(options) && options.along !== 'nothing',
  needs: () => [gradient],
  cost: ({ along }) => COSTS[along],
  savings: [
    {
      order: 4,
      left: ALONG_WEIGHTS,
      apply: (options) => ({ ...options, along: 'gradient' }),
    },
    {
      order: 9,
      left: 'curvature along gradient and weights',
      covers: [ALONG_WEIGHTS],
      apply: (options) => ({ ...options, along: 'nothing' }),
    },
  ],
  async measure({ objective, options: { along, seed }, draft, signal, report, found }) {
    const vector = found(gradient);
    if (!vector) return;
    const measured = await measureCurvature(objective, vector, { along, seed, signal, onPart: report });
    const known = draft.report;
    draft.add({
      gradient: { ...known.gradient!, ...measured.gradient },
      parameters: { ...known.parameters!, ...measured.parameters },
    });
  },
});

/**
 * Measures the curvature along ∇L and along θ, and the float32 noise of ‖∇L‖.
 * Cost: two Gauss-Newton products, then three Hessian products. On large models only one graph fits in memory, and the
 * next measurements need the graph of H, so H comes last. Along the gradient alone: one Hessian product.
 */
export async function measureCurvature(
  objective: Objective,
  gradient: Float32Array,
  {
    along,
    seed,
    signal,
    onPart,
  }: { along: CurvatureAlong; seed: number; signal?: AbortSignal; onPart?: (fraction: number) => void },
): Promise<{ gradient: Partial<GradientMeasurement>; parameters: Partial<ParameterMeasurement> }> {
  if (along === 'nothing') return { gradient: {}, parameters: {} };
  if (along === 'gradient') {
    const [alongGradient] = await directionalCurvature(objective, [gradient], { signal });
    return { gradient: alongGradient!, parameters: {} };
  }
  const options = { gaussNewton: true, signal };
  const [alongGradient, alongTheta] = await directionalCurvature(objective, [gradient, objective.theta], options);
  onPart?.(0.75);
  const { curvature, hessianProductNorm } = alongTheta!;
  return {
    gradient: { ...alongGradient!, noiseFloor: await roundingNoise(objective, seed, signal) },
    parameters: { curvature, hessianProductNorm },
  };
}

/**
 * Estimates how far rounding θ to float32 moves the gradient: ‖H·δ‖ for δᵢ = ±2⁻²⁴·θᵢ with random signs. A gradient
 * smaller than this cannot be attributed to any particular point in float32.
 */
async function roundingNoise(objective: Objective, seed: number, signal?: AbortSignal): Promise<number> {
  const { theta } = objective;
  if (norm(theta) === 0) return 0;
  const signs = rademacherVector(theta.length, random(seed, 'rounding of θ'));
  const [moved] = await objective.products('hessian', [theta.map((value, i) => value * signs[i])], { signal });
  return UNIT * norm(moved!);
}
