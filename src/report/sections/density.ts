import { about, list, named, number, object } from '../schema';
import type { Infer } from '../schema';

export const quadrature = named(
  'quadrature',
  object({
    nodes: about('Ritz values, ascending.', list(number)),
    weights: about('Squared first components; their sum is 1.', list(number)),
  }),
);
/** Nodes and weights of one probe. */
export type Quadrature = Infer<typeof quadrature>;

export const density = named(
  'density',
  object({
    lambda: about('Grid of eigenvalues λ.', list(number)),
    density: about('p(λ) at each grid point.', list(number)),
    sigma: about('Width of the kernel, in units of λ.', number),
  }),
);
export type SpectralDensity = Infer<typeof density>;
