import { axpy, norm } from '../../numerics/vectors';
import type { FirstOrder } from './firstOrder';

/** PyTorch's example value, and that of Sutskever, Martens, Dahl & Hinton 2013. */
const MOMENTUM = 0.9;

/** d ← d − η·g */
export const sgd: FirstOrder = {
  name: 'sgd',
  price: 1,
  seed: null,
  unit: 'gradient',
  begin:
    ({ stepSize }) =>
    (displacement, gradient) =>
      axpy(-stepSize, gradient, displacement),
};

/** v ← μ·v + g,  d ← d − η·v, with μ = 0.9. @see Polyak 1964, the heavy ball method */
export const momentum: FirstOrder = withVelocity('momentum', (displacement, velocity, _, stepSize) =>
  axpy(-stepSize, velocity, displacement),
);

/**
 * v ← μ·v + g,  d ← d − η·(g + μ·v), with μ = 0.9: Nesterov's method in the form that takes the gradient where the run
 * is. @see Sutskever et al. 2013, On the importance of initialization and momentum in deep learning
 */
export const nesterov: FirstOrder = withVelocity('nesterov', (displacement, velocity, gradient, stepSize) => {
  axpy(-stepSize, gradient, displacement);
  axpy(-stepSize * MOMENTUM, velocity, displacement);
});

/**
 * d ← d − η·g·min(1, c/‖g‖), where c is the norm of the first gradient: a gradient that grows on the way, as it does at
 * a cliff, moves the weights no further than the first one did. @see Pascanu, Mikolov & Bengio 2013, arXiv:1211.5063
 */
export const clipping: FirstOrder = {
  name: 'clipping',
  price: 1,
  seed: { of: 'sgd', factor: 1 },
  unit: 'gradient',
  begin:
    ({ stepSize, gradientNorm }) =>
    (displacement, gradient) => {
      const length = norm(gradient);
      axpy(-stepSize * (length > gradientNorm ? gradientNorm / length : 1), gradient, displacement);
    },
};

/** A method that moves by v ← μ·v + g. */
function withVelocity(
  name: 'momentum' | 'nesterov',
  move: (displacement: Float32Array, velocity: Float32Array, gradient: Float32Array, stepSize: number) => void,
): FirstOrder {
  return {
    name,
    price: 1,
    seed: { of: 'sgd', factor: 0.5 },
    unit: 'gradient',
    begin({ stepSize, theta }) {
      const velocity = new Float32Array(theta.length);
      return (displacement, gradient) => {
        for (let i = 0; i < velocity.length; i++) velocity[i] = MOMENTUM * velocity[i] + gradient[i];
        move(displacement, velocity, gradient, stepSize);
      };
    },
  };
}
