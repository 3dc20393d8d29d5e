import { lossResolution } from '../../dynamics/lossResolution';
import { naturalRadius } from '../../dynamics/naturalDirection';
import { searchRay } from '../../dynamics/searchRay';
import { norm, scaled } from '../../numerics/vectors';
import { withoutPart } from './savings';
import { gradient } from './gradient';
import { loss } from './loss';
import { defineMeasurement, LOSSES } from './measurement';

/** Usual number of losses of a search along a ray, and of the resolution of the loss. */
const RAY = 18;
const RESOLUTION = 4;

/** Searches the lowest loss along −g. Finds the resolution of the loss, or null where there is no gradient. */
export const descent = defineMeasurement<number | null>({
  id: 'descent',
  title: 'Descent along the gradient',
  part: 'dynamics',
  timedAs: 'dynamics',
  needs: () => [loss, gradient],
  cost: () => ({ losses: (RAY + RESOLUTION) * LOSSES.planePoint, graphs: ['gradient', 'points'] }),
  savings: [
    {
      order: 3.5,
      left: 'what the landscape means for training (--only dynamics)',
      covers: ['the search for lower losses elsewhere'],
      apply: (options, asked) => withoutPart(options, asked, 'dynamics'),
    },
  ],
  async measure({ objective, options: { seed }, draft, signal, found }) {
    const vector = found(gradient);
    const start = draft.report.objective?.loss;
    if (!vector || start === undefined) return null;
    const resolution = await lossResolution(objective, start, { seed, signal });
    const length = norm(vector);
    if (length === 0) return resolution;
    const longest = naturalRadius(objective.parameters, objective.theta);
    const { lowest, near, scanned } = await searchRay(objective, scaled(-1 / length, vector), {
      loss: start,
      resolution,
      longest,
      slope: length,
      signal,
    });
    draft.addDynamics({ descent: { ...near, error: resolution, lowest, scanned } });
    return resolution;
  },
});
