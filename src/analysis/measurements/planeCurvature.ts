import { directionName } from '../../options/direction';
import type { ResolvedOptions } from '../../options/presets';
import { formatCount } from '../../text/counts';
import { vectorFor } from '../../landscape/direction';
import { pointCurvature } from '../../spectrum/pointCurvature';
import type { PointCurvature } from '../../spectrum/pointCurvature';
import { curvatureAxes, curvatureGrid } from '../curvatureGrid';
import { loss } from './loss';
import { defineMeasurement, LOSSES } from './measurement';
import type { Context } from './measurement';
import { axesNeeds, planes } from './planes';

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
  split: {
    needs: axesNeeds,
    pieces: (options) => new Array<number>(pointsOf(options)).fill(PRODUCTS * LOSSES.hvp + LOSSES.gradient),
    measure: measurePoints,
  },
  async measure({ objective, facts, options, directions, pictures, draft, basisBytes, results, signal, report }) {
    const { planeCurvature: steps, planes: requests, seed, extremeSteps } = options;
    if (steps === null) return;
    for (const [i, request] of requests.entries()) {
      const { x, y, xRange, yRange } = request;
      const axes = await directions.axes(x, y);
      if ('missing' in axes) continue;
      const names = `${directionName(x)} × ${directionName(y)}`;
      const size = steps ** 2;
      if ([...results.lost('planeCurvature')].some((piece) => Math.floor(piece / size) === i)) {
        draft.warn(`The curvature over the plane «${names}» is left out: some of its points could not be measured.`);
        continue;
      }
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
        known: (point) => results.find<PointCurvature>(requestOf(i * size + point)),
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

/** Measures points of the grids as pieces: all points of the first plane, row by row, then those of the next. */
async function measurePoints(
  { objective, facts, options, directions, basisBytes, results, signal }: Omit<Context, 'report'>,
  first: number,
  end: number,
): Promise<void> {
  const { planeCurvature: steps, planes: requests, seed, extremeSteps } = options;
  if (steps === null) return;
  for (let piece = first; piece < end; piece++) {
    const { x, y, xRange, yRange } = requests[Math.floor(piece / steps ** 2)];
    const axes = await directions.axes(x, y);
    if ('missing' in axes || axes.x.statistics || axes.y.statistics) continue;
    const { alpha, beta } = curvatureAxes({ x: { ...xRange, steps }, y: { ...yRange, steps } });
    const point = piece % steps ** 2;
    const at = {
      d1: vectorFor(objective, axes.x),
      d2: vectorFor(objective, axes.y),
      alpha: alpha[point % steps],
      beta: beta[Math.floor(point / steps)],
    };
    const request = { seed, maxProducts: extremeSteps, memoryBytes: basisBytes, productError: facts.productError ?? 0 };
    const found = await results.towards(() => pointCurvature(objective, at, { ...request, signal }));
    await results.keep(requestOf(piece), { ...found, start: null });
  }
}

const requestOf = (piece: number) => ['point of a plane curvature', piece];
