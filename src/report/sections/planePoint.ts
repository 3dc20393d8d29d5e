import { about, named, number, object, optional, text } from '../schema';
import type { Infer } from '../schema';

const eigenvalue = object({
  value: about('NaN where the curvature is not finite.', number),
  residual: about('Error by the residual, its last movement and the rounding of the products.', number),
});

export const planePoint = named(
  'planePoint',
  object({
    x: about('α', number),
    y: about('β', number),
    loss: number,
    accuracy: optional(number),
    rSquared: optional(number, 'Coefficient of determination R², where the targets are numbers.'),
    gradientNorm: optional(number, '‖∇L‖ at the point.'),
    lambdaMax: optional(eigenvalue, 'Largest eigenvalue of the Hessian at the point.'),
    lambdaMin: optional(eigenvalue, 'Smallest eigenvalue of the Hessian at the point.'),
    products: optional(number, 'Products with the Hessian that the eigenvalues took.'),
    withoutCurvature: optional(text, 'Why gradient and eigenvalues are left out, where they are.'),
  }),
);
/** One point of a plane, measured on request. */
export type PlanePointFigures = Infer<typeof planePoint>;
