import { about, list, named, number, object } from '../schema';
import type { Infer } from '../schema';

const matrix = list(list(number));

export const planeCurvature = named(
  'planeCurvature',
  object({
    x: about('Values of α, as many as were asked for.', list(number)),
    y: about('Values of β.', list(number)),
    lambdaMax: about('λ_max[y][x], NaN where the curvature is not finite.', matrix),
    lambdaMin: about('λ_min[y][x]', matrix),
    residualMax: about('Error of λ_max by its residual, its last movement and the rounding of the products.', matrix),
    residualMin: about('The same for λ_min.', matrix),
    gradientNorm: about('‖∇L‖[y][x]', matrix),
    products: about('Products with the Hessian, all together.', number),
  }),
);
/** Extreme eigenvalues of the Hessian on a grid over a plane. */
export type PlaneCurvature = Infer<typeof planeCurvature>;
