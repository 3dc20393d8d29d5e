import { balancedNorms, findBalance } from '../../dynamics/balance';
import { findDuplicates, logPermutations } from '../../dynamics/duplicates';
import { unitDistances } from '../../dynamics/unitDistances';
import { weightScale } from '../../dynamics/weightScale';
import type { NetworkStructure, Objective } from '../../objective/objective';
import type { Dynamics } from '../../report/report';
import type { SymmetryMeasurement } from '../../report/sections/dynamics/symmetry';
import { gradient } from './gradient';
import { defineMeasurement } from './measurement';

type SymmetryDistances = NonNullable<SymmetryMeasurement['distances']>[number];

/** Number of layers with copies whose units are compared pair by pair. */
const LAYERS_COMPARED = 4;

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
  const found = sets.map((set) => ({ set, layer: set.slices[0].parameter, ...findDuplicates(set, request) }));
  const layers = found.map(({ layer, units, duplicated, groups, gradientDifference, removed }) => ({
    layer,
    units,
    duplicated,
    groups,
    ...(gradientDifference === null ? {} : { gradientDifference }),
    removed,
  }));
  const distances = found
    .filter(({ duplicated }) => duplicated > 0)
    .slice(0, LAYERS_COMPARED)
    .map(({ set, layer, copies }): SymmetryDistances => {
      const { gradient, ...compared } = unitDistances(set, copies, request);
      return { layer, ...compared, ...(gradient && { gradient }) };
    });
  const balanced = balancedNorms(scalings, parameters, theta, slopes);
  return {
    symmetry: {
      logPermutations: logPermutations(sets),
      layers,
      ...(distances.length > 0 && { distances }),
    },
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
