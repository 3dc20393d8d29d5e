import type { CurvatureAlong, Effort, ResolvedOptions } from '../options/presets';
import { EXACT_DIM } from '../spectrum/exact';
import type { Plan } from './plan';
import type { Stage } from './progress';

interface ProductNumbers {
  /** How long a trace is estimated. */
  trace: { relativeError: number; minProbes: number; maxProbes: number };
  /** Pairs of vectors and nudged weights that measure the noise of products. */
  noise: { pairs: number; nudges: number };
  /** Random vectors for the density of the Gauss-Newton matrix: it has one end, and fewer surprises. */
  ggnProbes: number;
  /** Random vectors that compare H with G. */
  residualProbes: number;
  /** Filter-normalized directions whose curvature is averaged. */
  directions: number;
  /** Up to so many tensors have θₗᵀHθₗ each to itself; more share so many products with random signs. */
  tensorProducts: number;
}

/** Of the noise floor, whatever the preset: 23 products. */
const NOISE = { pairs: 3, nudges: 4 };

/** Of networks so large that a quick analysis would take minutes. */
const LEAN: ProductNumbers = {
  trace: { relativeError: 0.1, minProbes: 2, maxProbes: 2 },
  noise: { pairs: 1, nudges: 0 },
  ggnProbes: 1,
  residualProbes: 2,
  directions: 0,
  tensorProducts: 0,
};

/** What the presets leave to the analysis. */
export const PRODUCTS: Record<Effort, ProductNumbers> = {
  lean: LEAN,
  quick: {
    trace: { relativeError: 0.1, minProbes: 6, maxProbes: 8 },
    noise: NOISE,
    ggnProbes: 1,
    residualProbes: 3,
    directions: 2,
    tensorProducts: 12,
  },
  standard: {
    trace: { relativeError: 0.05, minProbes: 12, maxProbes: 24 },
    noise: NOISE,
    ggnProbes: 2,
    residualProbes: 8,
    directions: 4,
    tensorProducts: 24,
  },
  thorough: {
    trace: { relativeError: 0.01, minProbes: 20, maxProbes: 100 },
    noise: NOISE,
    ggnProbes: 10,
    residualProbes: 16,
    directions: 8,
    tensorProducts: 48,
  },
};

/** Costs in losses over the whole data: a gradient is about three, a product with H about six, one with G about four. */
const COST = { gradient: 3, hvp: 6, ggnvp: 4, planePoint: 1.5 };
/** Products along ∇L, θ and the rounding of θ. */
const ALONG: Record<CurvatureAlong, number> = {
  'gradient and θ': 3 * COST.hvp + 2 * COST.ggnvp,
  gradient: COST.hvp,
  nothing: 0,
};
/** Eigenpairs whose values are measured again with nudged weights, at most. */
const NUDGED_PAIRS = 4;
/** Twelve on a part of the data that is a quarter of it at most, mostly. */
const GLIMPSE_PRODUCTS = 3;
/** Losses that check derivatives by differences. */
const CHECKS = 3 * 27;

export interface Stages {
  loss: Stage;
  gradient: Stage;
  earlyLines: Stage;
  firstPicture: Stage;
  curvature: Stage;
  spectrum: Stage;
  ggn: Stage;
  companions: Stage;
  checks: Stage;
  lines: Stage;
  planes: Stage;
}

type Numbers = Pick<ResolvedOptions, 'effort' | 'lanczosSteps' | 'extremeSteps' | 'probes'>;

/** The stages in their order, with what each is expected to cost. */
export function stagesOf(plan: Plan, dim: number, numbers: Numbers): Stages {
  const { ggnProbes, residualProbes, directions, tensorProducts } = PRODUCTS[numbers.effort];
  const ggnProducts = productsOf(dim, { ...numbers, probes: ggnProbes });
  const spectrumProducts = plan.glimpse ? GLIMPSE_PRODUCTS : productsOf(dim, numbers);
  const early = Math.min(plan.planePoints, 50);
  return {
    loss: { name: 'Loss', cost: 1 },
    gradient: { name: 'Gradient', cost: plan.gradient ? COST.gradient : 0 },
    earlyLines: { name: 'Lines', cost: plan.earlyLinePoints * COST.planePoint },
    firstPicture: { name: 'First picture', cost: early * COST.planePoint },
    curvature: { name: 'Curvature along the gradient', cost: ALONG[plan.along] },
    spectrum: { name: 'Hessian spectrum', cost: plan.spectrum ? spectrumProducts * COST.hvp : 0 },
    ggn: {
      name: 'Gauss-Newton spectrum',
      cost: plan.ggn ? ggnProducts * COST.ggnvp + residualProbes * (COST.hvp + COST.ggnvp) : 0,
    },
    companions: {
      name: 'Scale-invariant curvature',
      cost: plan.companions ? (directions + tensorProducts) * COST.hvp : 0,
    },
    checks: { name: 'Self-checks', cost: plan.checks ? CHECKS + 4 * COST.hvp : 0 },
    lines: { name: 'Lines', cost: (plan.linePoints - plan.earlyLinePoints) * COST.planePoint },
    planes: { name: 'Loss plane', cost: (plan.planePoints - early) * COST.planePoint },
  };
}

/** What all stages together are expected to cost, in losses over the whole data. */
export function plannedPasses(plan: Plan, dim: number, numbers: Numbers): number {
  return (Object.values(stagesOf(plan, dim, numbers)) as Stage[]).reduce((sum, { cost }) => sum + cost, 0);
}

/** Hessian products the spectrum takes at most. */
export function productsOf(dim: number, { effort, lanczosSteps, extremeSteps, probes }: Numbers): number {
  if (dim <= EXACT_DIM) return dim;
  const { trace, noise } = PRODUCTS[effort];
  const lanczos = probes * lanczosSteps + Math.max(0, extremeSteps - lanczosSteps);
  return lanczos + 2 * noise.pairs + 1 + noise.nudges * NUDGED_PAIRS + trace.maxProbes;
}

/** Products of an analysis at most, of both kinds. */
export function plannedProducts(plan: Plan, dim: number, numbers: Numbers): number {
  const { ggnProbes, residualProbes, directions, tensorProducts } = PRODUCTS[numbers.effort];
  const ggn = productsOf(dim, { ...numbers, probes: ggnProbes }) + 2 * residualProbes;
  return (
    (plan.gradient ? 5 : 0) +
    (plan.spectrum ? productsOf(dim, numbers) : 0) +
    (plan.ggn ? ggn : 0) +
    (plan.companions ? directions + tensorProducts : 0) +
    (plan.checks ? 3 : 0)
  );
}
