import type { Direction } from '../../landscape/direction';
import { vectorFor } from '../../landscape/direction';
import type { Objective } from '../../objective/objective';
import type { PlanePointFigures } from '../../report/sections/planePoint';
import { pointCurvature } from '../../spectrum/pointCurvature';
import type { PointRequest } from '../../spectrum/pointCurvature';

export interface PointFiguresRequest extends Omit<PointRequest, 'near'> {
  /** α and β. */
  at: { x: number; y: number };
  /** The loss in which running statistics move, where the directions move them; else the objective itself. */
  lossAlong: Objective;
  /** Why the objective has no derivatives at the point; null where it has. */
  withoutCurvature: string | null;
  /** Called after each product with the Hessian. */
  onProduct?: (done: number) => void;
}

/**
 * Loss, accuracy, gradient norm and both ends of the Hessian's spectrum at θ + x·d₁ + y·d₂, each as a plane and its
 * grid of curvature measure them.
 * Cost: one loss, one gradient and 10 to 60 products.
 */
export async function pointFigures(
  objective: Objective,
  [first, second]: readonly [Direction, Direction],
  { at, lossAlong, withoutCurvature, onProduct, ...request }: PointFiguresRequest,
): Promise<PlanePointFigures> {
  const { signal } = request;
  const place = { alpha: at.x, beta: at.y };
  const [d1, d2] = [vectorFor(lossAlong, first), vectorFor(lossAlong, second)];
  const [{ loss, accuracy, rSquared }] = await lossAlong.plane(d1, d2, [place], { signal });
  const values = {
    ...at,
    loss,
    ...(Number.isNaN(accuracy) ? {} : { accuracy }),
    ...(rSquared === undefined ? {} : { rSquared }),
  };
  if (withoutCurvature !== null) return { ...values, withoutCurvature };
  const told = telling(objective, onProduct);
  const displacement = { d1: vectorFor(objective, first), d2: vectorFor(objective, second), ...place };
  const found = await pointCurvature(told, displacement, request);
  return {
    ...values,
    gradientNorm: found.gradientNorm,
    lambdaMax: { value: found.lambdaMax, residual: found.residualMax },
    lambdaMin: { value: found.lambdaMin, residual: found.residualMin },
    products: found.products,
  };
}

/** The objective, which tells of each product. */
function telling(objective: Objective, onProduct: (done: number) => void = () => undefined): Objective {
  let done = 0;
  return {
    ...objective,
    async products(kind, vectors, asked) {
      const answers = await objective.products(kind, vectors, asked);
      onProduct((done += vectors.length));
      return answers;
    },
  };
}
