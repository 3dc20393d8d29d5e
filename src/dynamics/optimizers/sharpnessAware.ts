import { axpy, norm } from '../../numerics/vectors';
import type { FirstOrder } from './firstOrder';

/** Radius of the neighbourhood, the default of the paper. */
const RADIUS = 0.05;

/**
 * d ← d − η·∇L(d + ρ·g/‖g‖), with ρ = 0.05: the gradient is taken where the loss nearby is highest. Two gradients per step.
 * @see Foret, Kleiner, Mobahi & Neyshabur 2021, arXiv:2010.01412
 */
export const sharpnessAware: FirstOrder = {
  name: 'sam',
  price: 2,
  seed: { of: 'sgd', factor: 1 },
  unit: 'gradient',
  begin:
    ({ stepSize }) =>
    async (displacement, gradient, beside) => {
      const length = norm(gradient);
      if (length === 0) return;
      const highest = Float32Array.from(displacement);
      axpy(RADIUS / length, gradient, highest);
      axpy(-stepSize, await beside(highest), displacement);
    },
};
