import { balancedNorms, findBalance } from '../../dynamics/balance';
import { findDuplicates, logPermutations } from '../../dynamics/duplicates';
import { weightScale } from '../../dynamics/weightScale';
import type { NetworkStructure, Objective } from '../../objective/objective';
import type { Dynamics } from '../../report/report';
import { gradient } from './gradient';
import { defineMeasurement } from './measurement';

/** Reads the weights layer by layer: copies of units, balance between layers, and scale against the usual rules. */
export const structure = defineMeasurement({
  id: 'structure',
  title: 'Units and scales of the weights',
  part: 'dynamics',
  timedAs: 'dynamics',
  withoutDerivatives: true,
  needs: () => [gradient],
  cost: () => ({ losses: 0 }),
  measure({ objective, facts, draft, found, signal }) {
    signal?.throwIfAborted();
    const known = facts.structure?.();
    if (known) {
      const read = readWeights(objective, known, found(gradient));
      const units = withDuplicates(draft.report.dynamics?.units, known, read.symmetry);
      draft.addDynamics({ ...read, ...(units && { units }) });
    }
    return Promise.resolve(null);
  },
});

/** The activations, with the number of duplicated units of the layer in front of each. */
function withDuplicates(
  units: Dynamics['units'],
  { weights }: NetworkStructure,
  { layers }: WeightFigures['symmetry'],
): Dynamics['units'] {
  return units?.map((entry) => {
    const found = layers.find(({ layer }) =>
      weights.some(({ parameter, place }) => parameter === layer && place === entry.layer),
    );
    return found ? { ...entry, duplicated: found.duplicated } : entry;
  });
}

type WeightFigures = Required<Pick<Dynamics, 'symmetry' | 'rescaling' | 'weights'>>;

function readWeights(
  { parameters, theta }: Objective,
  { sets, scalings, weights }: NetworkStructure,
  slopes: Float32Array | null,
): WeightFigures {
  const request = { parameters, theta, gradient: slopes };
  const layers = sets.map((set) => {
    const { gradientDifference, ...copies } = findDuplicates(set, request);
    return {
      layer: set.slices[0].parameter,
      ...copies,
      ...(gradientDifference === null ? {} : { gradientDifference }),
    };
  });
  const balanced = balancedNorms(scalings, parameters, theta, slopes);
  return {
    symmetry: { logPermutations: logPermutations(sets), layers },
    rescaling: {
      pairs: scalings.map((scaling) => findBalance(scaling, parameters, theta, weights)),
      ...(scalings.length > 0 && {
        balanced: {
          parameters: balanced.parameters,
          ...(balanced.gradient === null ? {} : { gradient: balanced.gradient }),
        },
      }),
    },
    weights: weights.flatMap((role, i) => {
      const { parameter, kind, fans, activation, end, next } = role;
      const scale = weightScale(role, parameters[i], theta);
      return {
        parameter,
        kind,
        count: parameters[i].count,
        ...(fans && { fans }),
        ...scale,
        ...(activation !== null && { activation }),
        end,
        ...(next !== null && { next }),
      };
    }),
  };
}
