import type { NumericsFound } from '../../ownGraph/numericsFound';
import type { Effort } from '../../options/presets';
import type { Dynamics } from '../../report/report';
import { defineMeasurement } from './measurement';

/** Largest number of batches that run through the user's own graph. More rarely show another node. */
const MOST_BATCHES: Record<Effort, number> = { lean: 1, quick: 4, standard: 32, thorough: Infinity };

/** Losses that a pass through the unoptimized graph costs, with a look at every value. Measured: 4 to 5. */
const PASS = 5;

/** Looks for NaN, ∞, overflow and underflow in the values that the user's own graph computes. */
export const numerics = defineMeasurement({
  id: 'numerics',
  title: "Numbers of the model's own graph",
  part: 'dynamics',
  timedAs: 'numerics',
  withoutDerivatives: true,
  whereNotFinite: true,
  cost: ({ effort }, { batches }) => ({ losses: PASS * Math.min(1, MOST_BATCHES[effort] / batches), graphs: ['loss'] }),
  async measure({ objective, facts, options: { effort }, draft, signal }) {
    if (!facts.numerics) return;
    const untilNonFinite = draft.report.objective?.notFinite !== undefined;
    const samples = MOST_BATCHES[effort] * facts.batchSize;
    const found = await facts.numerics({ samples, untilNonFinite, signal });
    if (typeof found === 'string') {
      draft.warn(`The model's own graph could not be looked at for NaN, ∞ and overflow: ${found}.`);
      return;
    }
    draft.warn(...found.notes);
    draft.addDynamics(sectionsOf(found, objective.samples));
  },
});

function sectionsOf({ troubles, headroom, samples, values }: NumericsFound, of: number): Partial<Dynamics> {
  return {
    numerics: troubles.map(({ factor, samples: where, deed, ...rest }) => ({
      ...rest,
      ...(factor === null ? {} : { factor }),
      ...(where === null ? {} : { samples: where }),
      ...(deed === null ? {} : { deed }),
    })),
    headroom: {
      samples,
      of,
      values,
      nodes: headroom.map(({ limit, ...rest }) => ({ ...rest, ...(limit === null ? {} : { limit }) })),
    },
  };
}
