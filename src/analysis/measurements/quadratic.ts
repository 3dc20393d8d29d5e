import { directionalCurvature } from '../../landscape/curvatureAlong';
import { quadraticRadius } from '../../landscape/quadraticRadius';
import { dot } from '../../numerics/vectors';
import { lossResolution } from '../../dynamics/lossResolution';
import type { Line } from '../../report/report';
import { directionName } from '../../options/direction';
import { descent } from './descent';
import { gradient } from './gradient';
import { lines } from './lines';
import { loss } from './loss';
import { defineMeasurement, LOSSES } from './measurement';

/** Usual number of losses of the search for the radius of one line. */
const SEARCH = 12;

/** Measures the local quadratic model along each line, and how far it holds. */
export const quadratic = defineMeasurement({
  id: 'quadratic',
  title: 'Quadratic model along lines',
  part: 'lines',
  timedAs: 'lines',
  // Where time is short, it is left out with the curvature along the weights.
  applies: ({ only, along }) => only.includes('gradient') && along === 'gradient and θ',
  needs: () => [loss, gradient, lines],
  cost: (options) => ({
    losses: options.lines.length * (SEARCH * LOSSES.planePoint + LOSSES.hvp),
    products: options.lines.length,
    graphs: ['points', 'hvp'],
  }),
  async measure({ objective, options, directions, pictures, draft, signal, report, found }) {
    const slope = found(gradient);
    const start = draft.report.objective?.loss;
    if (!slope || start === undefined) return;
    const resolution = found(descent) ?? (await lossResolution(objective, start, { seed: options.seed, signal }));
    for (const [i, request] of options.lines.entries()) {
      report(i / options.lines.length, directionName(request.direction));
      const line = pictures.drawnLine(request);
      const answer = await directions.get(request.direction);
      // Running statistics have no derivatives.
      if (!line || 'missing' in answer || answer.direction.statistics || answer.direction.norm === 0) continue;
      const { vector } = answer.direction;
      const [{ curvature }] = await directionalCurvature(objective, [vector], { signal });
      if (!Number.isFinite(curvature)) continue;
      const model = { slope: dot(slope, vector), curvature };
      const radius = await quadraticRadius({
        ...model,
        loss: start,
        resolution,
        line: measuredPoints(line),
        async lossesAt(alphas) {
          const points = alphas.map((alpha) => ({ alpha, beta: 0 }));
          return (await objective.plane(vector, null, points, { signal })).map((value) => value.loss);
        },
      });
      pictures.extendLine(request, { quadratic: { ...model, ...radius } });
    }
  },
});

function measuredPoints({ alpha, loss: losses, evaluated }: Line) {
  const measured = alpha.map((_, i) => i).filter((i) => evaluated?.[i] ?? true);
  return { alpha: measured.map((i) => alpha[i]), loss: measured.map((i) => losses[i]) };
}
