import { about, flag, list, named, number, object, optional } from '../schema';
import type { Infer } from '../schema';
import { density, quadrature } from './density';
import { estimate } from './estimate';
import { part } from './parts';
import { spectralSummary } from './spectralSummary';

const eigenvalue = named(
  'eigenvalue',
  object({
    value: number,
    residual: about("|value − some eigenvalue| ≤ residual (+ the spectrum's noiseFloor).", number),
    converged: flag,
    dataError: optional(
      number,
      'Standard error over the data (jackknife over samples): how far λ of as many other samples would lie.',
    ),
  }),
);
/** A Ritz value: |value − some eigenvalue| ≤ residual (+ the spectrum's noiseFloor). */
export type Eigenvalue = Infer<typeof eigenvalue>;

const trace = object({
  value: number,
  standardError: number,
  probes: about('0 when the trace is exact.', number),
});
export type TraceEstimate = Infer<typeof trace>;

/** What the spectra of both matrices have in common. */
const shared = {
  top: about('Largest first.', list(eigenvalue)),
  trace: optional(trace),
  density: optional(density),
  ritz: optional(list(quadrature), 'Quadrature nodes and weights of each probe, from which the density is drawn.'),
  products: about('Products of the matrix with a vector that were spent.', number),
  noiseFloor: about('Absolute float32 error of an eigenvalue, measured: below it no sign is certain.', number),
  exact: optional(flag, 'True when the whole matrix was formed and every eigenvalue is in `top` ∪ `bottom` or `all`.'),
  summary: optional(spectralSummary),
};

const hessian = object({
  ...shared,
  bottom: about('Smallest (most negative) first.', list(eigenvalue)),
  all: optional(list(number), 'All eigenvalues, ascending, when exact.'),
  certifiedNegative: optional(
    number,
    "Number of eigenvalues certified negative: a lower bound of the saddle's index, equal to it when exact.",
  ),
  parts: optional(
    list(part),
    'Which parts of the model are sharp: every tensor, layers and blocks of several tensors.',
  ),
  preliminary: optional(
    object({ samples: number }),
    'Set while the figures are a first estimate over the first samples only.',
  ),
});
export type HessianSpectrum = Infer<typeof hessian>;

const residualPart = object({
  trace: estimate,
  relativeNorm: about('‖H − G‖_F / ‖H‖_F', estimate),
  probes: number,
});
/** H − G, the part of the Hessian that the Gauss-Newton matrix leaves out: residuals times the network's own curvature. */
export type ResidualPart = Infer<typeof residualPart>;

const ggn = object({
  ...shared,
  isFisher: optional(
    flag,
    'True where G is the Fisher information matrix of the distribution that the model predicts, averaged as the loss is: of losses that are −log of a probability, where its logits or logarithms are known, without weight decay.',
  ),
  residualPart: optional(
    residualPart,
    "H − G, the part of the Hessian that the Gauss-Newton matrix leaves out: residuals times the network's own curvature.",
  ),
});
export type GgnSpectrum = Infer<typeof ggn>;

export const spectrum = object({ hessian: optional(hessian), ggn: optional(ggn) });
