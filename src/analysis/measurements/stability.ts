import { criticalStep } from '../../dynamics/criticalStep';
import { lossResolution } from '../../dynamics/lossResolution';
import { norm } from '../../numerics/vectors';
import { descent } from './descent';
import { gradient } from './gradient';
import { loss } from './loss';
import { defineMeasurement, LOSSES } from './measurement';

/** Usual number of losses of the search for the critical step, and of the resolution of the loss. */
const SEARCH = 14;
const RESOLUTION = 4;

/** Compares the learning rate of the training with the step along −g from which the loss rises. */
export const stability = defineMeasurement({
  id: 'stability',
  title: 'Stability of the learning rate',
  part: 'always',
  timedAs: 'dynamics',
  applies: ({ learningRate }) => learningRate !== null,
  needs: () => [loss, gradient],
  cost: () => ({ losses: (SEARCH + RESOLUTION) * LOSSES.planePoint, graphs: ['gradient', 'points'] }),
  async measure({ objective, options: { learningRate, momentum, seed }, draft, signal, found }) {
    if (learningRate === null) return;
    const told = { learningRate, momentum, bound: 2 * (1 + momentum) };
    const vector = found(gradient);
    const start = draft.report.objective?.loss;
    if (!vector || norm(vector) === 0 || start === undefined || !Number.isFinite(start)) {
      draft.addDynamics({ stability: told });
      return;
    }
    const resolution = found(descent) ?? (await lossResolution(objective, start, { seed, signal }));
    const request = { loss: start, resolution, guess: learningRate, signal };
    const critical = await criticalStep(objective, vector, request);
    draft.addDynamics({
      stability: {
        ...told,
        ...(critical
          ? {
              criticalStep: critical,
              criticalSharpness: { value: 2 / critical.value, error: (2 / critical.value ** 2) * critical.error },
            }
          : {}),
      },
    });
  },
});
