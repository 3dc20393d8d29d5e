import { depthProfile } from '../../dynamics/depthProfile';
import { timeProfile } from '../../dynamics/timeProfile';
import type { ActivationFigures, InsideFigures, SequenceFigures } from '../../objective/objective';
import type { Dynamics } from '../../report/report';
import { defineMeasurement, LOSSES } from './measurement';

/** Cost of the reductions at every layer, in losses. */
const REDUCTIONS = 2;

/** Measures signal and gradient inside the network: by depth, over time, and on the flat parts of activations. */
export const depth = defineMeasurement({
  id: 'depth',
  title: 'Gradient by depth and time',
  part: 'dynamics',
  timedAs: 'dynamics',
  cost: () => ({ losses: LOSSES.gradient + REDUCTIONS, graphs: ['gradient'] }),
  async measure({ objective, draft, signal }) {
    let figures: InsideFigures | null;
    try {
      figures = await objective.inside({ signal });
    } catch (fault) {
      signal?.throwIfAborted();
      // The graph reads every layer at once, which a device may refuse; the rest of the analysis does not need it.
      draft.warn(`The gradient by depth and time was not measured: ${(fault as Error).message}`);
      return;
    }
    if (!figures) return;
    draft.addDynamics({ ...depthSections(figures), ...timeSections(figures.sequences), units: unitsOf(figures) });
  },
});

function depthSections(figures: InsideFigures): Pick<Dynamics, 'depth' | 'depthFit'> {
  const { layers, fit, zero } = depthProfile(figures);
  return {
    depth: layers.map(({ gain, ...entry }) => ({ ...entry, ...(gain === null ? {} : { gain }) })),
    depthFit: { trunk: figures.trunk, ...(fit ? { fit } : {}), zero: [...zero] },
  };
}

function timeSections(sequences: readonly SequenceFigures[]): Pick<Dynamics, 'time' | 'timeFits'> {
  if (sequences.length === 0) return {};
  const time = sequences.flatMap(({ layer, steps, norms, carried }) =>
    steps.map((step, t) => ({ layer, step, norm: norms[t] ?? 0, ...(carried ? { carried: carried[t] } : {}) })),
  );
  const timeFits = sequences.flatMap((sequence) => {
    const profile = timeProfile(sequence);
    if (!profile) return [];
    const { rate, spectralRadius, spectralNorm, ...rest } = profile;
    return [
      {
        ...rest,
        ...(rate ? { rate } : {}),
        ...(spectralRadius === null ? {} : { spectralRadius }),
        ...(spectralNorm === null ? {} : { spectralNorm }),
      },
    ];
  });
  return { time, timeFits };
}

function unitsOf({ activations }: InsideFigures): NonNullable<Dynamics['units']> {
  return activations.map((activation) => ({
    layer: activation.layer,
    ...(activation.parameters ? { parameters: activation.parameters } : {}),
    operator: activation.operator,
    kind: activation.kind,
    ...flatPart(activation),
  }));
}

/** Layers wider than this are told without their single units. */
const MOST_UNITS = 64;

function flatPart({ kind, units, dead, largest, flat }: ActivationFigures) {
  if (kind === 'bounded' || kind === 'attention') return { saturated: flat };
  if (units === null || dead === null) return { zero: flat };
  const single = dead > 0 && units <= MOST_UNITS && largest ? { largest: [...largest] } : {};
  return { units, dead, zero: flat, ...single };
}
