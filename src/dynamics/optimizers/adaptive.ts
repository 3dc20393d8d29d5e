import type { FirstOrder } from './firstOrder';

/*
 * Methods with a step size for each weight, in PyTorch's form and with PyTorch's defaults. All square roots and quotients
 * are element by element.
 */

const ADAGRAD_EPSILON = 1e-10;
const RMSPROP = { decay: 0.99, epsilon: 1e-8 };
const ADAM = { first: 0.9, second: 0.999, epsilon: 1e-8 };
const DECOUPLED_DECAY = 0.01;

/** s ← s + g²,  d ← d − η·g/(√s + ε). @see Duchi, Hazan & Singer 2011 */
export const adagrad: FirstOrder = {
  name: 'adagrad',
  price: 1,
  seed: { of: 'adam', factor: 2 },
  unit: 'sign',
  begin({ stepSize, theta }) {
    const squares = new Float32Array(theta.length);
    return (displacement, gradient) => {
      for (let i = 0; i < squares.length; i++) {
        squares[i] += gradient[i] ** 2;
        displacement[i] -= (stepSize * gradient[i]) / (Math.sqrt(squares[i]) + ADAGRAD_EPSILON);
      }
    };
  },
};

/** s ← 0.99·s + 0.01·g²,  d ← d − η·g/(√s + ε). The first step is ten times η. @see Tieleman & Hinton 2012 */
export const rmsprop: FirstOrder = {
  name: 'rmsprop',
  price: 1,
  seed: { of: 'adam', factor: 0.25 },
  unit: 'sign',
  begin({ stepSize, theta }) {
    const { decay, epsilon } = RMSPROP;
    const squares = new Float32Array(theta.length);
    return (displacement, gradient) => {
      for (let i = 0; i < squares.length; i++) {
        squares[i] = decay * squares[i] + (1 - decay) * gradient[i] ** 2;
        displacement[i] -= (stepSize * gradient[i]) / (Math.sqrt(squares[i]) + epsilon);
      }
    };
  },
};

/**
 * m ← 0.9·m + 0.1·g,  s ← 0.999·s + 0.001·g²,  d ← d − η·m̂/(√ŝ + ε), where m̂ and ŝ are divided by 1 − 0.9ᵗ and 1 − 0.999ᵗ.
 * @see Kingma & Ba 2015, arXiv:1412.6980
 */
export const adam: FirstOrder = adamWith('adam', 0);

/** Adam after θ ← θ − η·0.01·θ. @see Loshchilov & Hutter 2019, arXiv:1711.05101 */
export const adamw: FirstOrder = adamWith('adamw', DECOUPLED_DECAY);

function adamWith(name: 'adam' | 'adamw', decay: number): FirstOrder {
  return {
    name,
    price: 1,
    seed: name === 'adam' ? null : { of: 'adam', factor: 1 },
    unit: 'sign',
    begin({ stepSize, theta }) {
      const { first, second, epsilon } = ADAM;
      const means = new Float32Array(theta.length);
      const squares = new Float32Array(theta.length);
      let [left, leftOfSquares] = [1, 1];
      return (displacement, gradient) => {
        left *= first;
        leftOfSquares *= second;
        for (let i = 0; i < means.length; i++) {
          means[i] = first * means[i] + (1 - first) * gradient[i];
          squares[i] = second * squares[i] + (1 - second) * gradient[i] ** 2;
          const along = means[i] / (1 - left) / (Math.sqrt(squares[i] / (1 - leftOfSquares)) + epsilon);
          displacement[i] -= stepSize * (along + decay * (theta[i] + displacement[i]));
        }
      };
    },
  };
}
