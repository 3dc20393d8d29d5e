import { directionName } from '../../options/direction';
import type { ResolvedOptions } from '../../options/presets';
import { formatCount } from '../../text/counts';
import { curvatureGrid } from '../curvatureGrid';
import { loss } from './loss';
import { defineMeasurement, LOSSES } from './measurement';
import { planes } from './planes';

/** Usual number of products at a point. */
const PRODUCTS = 40;

const pointsOf = ({ planeCurvature: steps, planes: drawn }: ResolvedOptions) => (steps ?? 0) ** 2 * drawn.length;

/** Measures the extreme eigenvalues of the Hessian on a grid over each plane. */
export const planeCurvature = defineMeasurement({
  id: 'planeCurvature',
  title: 'Curvature over planes',
  part: 'plane',
  timedAs: 'planeCurvature',
  applies: (options) => options.planeCurvature !== null,
  needs: () => [loss, planes],
  cost: (options) => ({
    losses: pointsOf(options) * (PRODUCTS * LOSSES.hvp + LOSSES.gradient),
    products: pointsOf(options) * options.extremeSteps,
    graphs: ['hvp', 'gradient'],
  }),
  async measure({ objective, facts, options, directions, pictures, draft, basisBytes, signal, report }) {
    const { planeCurvature: steps, planes: requests, seed, extremeSteps } = options;
    if (steps === null) return;
    for (const [i, request] of requests.entries()) {
      const { x, y, xRange, yRange } = request;
      const axes = await directions.axes(x, y);
      if ('missing' in axes) continue;
      const names = `${directionName(x)} × ${directionName(y)}`;
      if (axes.x.statistics || axes.y.statistics) {
        draft.warn(
          `The curvature over the plane «${names}» is left out: running statistics move over it, and they have no derivatives. --keep-statistics leaves them as they are.`,
        );
        continue;
      }
      const curvature = await curvatureGrid(objective, [axes.x, axes.y], {
        x: { ...xRange, steps },
        y: { ...yRange, steps },
        seed,
        maxProducts: extremeSteps,
        memoryBytes: basisBytes,
        productError: facts.productError ?? 0,
        signal,
        onPoint: (done, total) =>
          report(
            (i + done / total) / requests.length,
            `${names}, ${formatCount(done)} of ${formatCount(total)} points`,
          ),
        onGrid: (coarser) => pictures.extendPlane(request, { curvature: coarser }),
      });
      pictures.extendPlane(request, { curvature });
    }
  },
});
