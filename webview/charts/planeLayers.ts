import type { Plane } from '../../src/report/report';
import { curvatureRatio } from '../../src/report/curvatureRatio';
import { formatMeasured, formatNumber, isResolved } from '../../src/text/numbers';

export type PlaneLayerId = 'loss' | 'test' | 'ratio' | 'lambdaMax' | 'lambdaMin';

/** One figure over a plane, as a plane of its own. */
export interface PlaneLayer {
  id: PlaneLayerId;
  label: string;
  /** Name or sign of the figure, for the colour bar and the tooltip. */
  quantity: string;
  plane: Plane;
  /** What a tooltip says of a point, where it is more than this figure. */
  describe?: (index: number) => string[];
  /** Says how to read the figure. */
  caption?: string;
}

/** Lists what was measured over a plane: the loss, that of the test data, and the extreme curvature. */
export function planeLayers(plane: Plane): PlaneLayer[] {
  const { x, y, test, curvature, cosine } = plane;
  const layers: PlaneLayer[] = [{ id: 'loss', label: test ? 'Training loss' : 'Loss', quantity: 'loss', plane }];
  if (test) {
    layers.push({
      id: 'test',
      label: 'Test loss',
      quantity: 'test loss',
      plane: { x, y, cosine, ...test },
      caption: 'The loss of the test data at the same points.',
    });
  }
  if (curvature) {
    const { lambdaMax, lambdaMin } = curvature;
    const over = (loss: number[][]): Plane => ({
      x: { direction: x.direction, values: curvature.x },
      y: { direction: y.direction, values: curvature.y },
      loss,
    });
    const describe = (index: number): string[] => curvatureText(curvature, index);
    layers.push(
      {
        id: 'ratio',
        label: '|λ_min/λ_max|',
        quantity: '|λ_min/λ_max|',
        plane: over(curvatureRatio(curvature).value),
        describe,
        caption: `|λ_min/λ_max| is near 0 where the loss is close to convex (Li et al. 2018). ${unresolved(curvature)}`,
      },
      { id: 'lambdaMax', label: 'λ_max', quantity: 'λ_max', plane: over(lambdaMax), describe },
      { id: 'lambdaMin', label: 'λ_min', quantity: 'λ_min', plane: over(lambdaMin), describe },
    );
  }
  return layers;
}

function curvatureText(curvature: NonNullable<Plane['curvature']>, index: number): string[] {
  const { x, y, lambdaMax, lambdaMin, residualMax, residualMin, gradientNorm } = curvature;
  const [column, row] = [index % x.length, Math.floor(index / x.length)];
  const at = (matrix: number[][]): number => matrix[row]?.[column] ?? NaN;
  const ratio = curvatureRatio(curvature);
  return [
    `α ${formatNumber(x[column])}   β ${formatNumber(y[row])}`,
    `λ_max ${formatMeasured(at(lambdaMax), at(residualMax))}`,
    `λ_min ${formatMeasured(at(lambdaMin), at(residualMin))}`,
    `|λ_min/λ_max| ${formatMeasured(at(ratio.value), at(ratio.error))}`,
    `‖∇L‖ ${formatNumber(at(gradientNorm), 3)}`,
  ];
}

/** Counts the finite points whose smallest eigenvalue cannot be told from zero. */
function unresolved({ lambdaMin, residualMin }: NonNullable<Plane['curvature']>): string {
  const errors = residualMin.flat();
  const points = lambdaMin.flat().flatMap((value, i) => (Number.isFinite(value) ? [isResolved(value, errors[i])] : []));
  const count = points.filter((is) => !is).length;
  return count === 0 ? '' : `λ_min cannot be told from zero at ${count} of ${points.length} points.`;
}
