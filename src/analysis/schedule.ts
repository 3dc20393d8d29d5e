import type { ResolvedOptions } from '../options/presets';
import type { Cost, GraphKind, Measurable, Measurement } from './measurements/measurement';
import { MEASUREMENTS } from './measurements/table';

/** A measurement that will be made, and what it is expected to take. */
export interface Step {
  measurement: Measurement;
  cost: Cost;
}

/** What will be measured, in order: what the options ask for, and what that needs. */
export function scheduleOf(
  options: ResolvedOptions,
  model: Measurable,
  measurements: readonly Measurement[] = MEASUREMENTS,
): Step[] {
  const isPossible = ({ withoutDerivatives = false }: Measurement) => withoutDerivatives || model.canDifferentiate;
  const isAsked = ({ part, applies }: Measurement) =>
    (part === 'always' || options.only.includes(part)) && (applies?.(options) ?? true);
  const wanted = new Set<Measurement>();
  const want = (measurement: Measurement): void => {
    if (wanted.has(measurement) || !isPossible(measurement)) return;
    wanted.add(measurement);
    measurement.needs?.(options).forEach(want);
  };
  measurements.filter(isAsked).forEach(want);
  return measurements
    .filter((measurement) => wanted.has(measurement))
    .map((measurement) => ({ measurement, cost: measurement.cost(options, model) }));
}

/** Losses over the data that all steps together are expected to take. */
export const plannedLosses = (steps: readonly Step[]): number => steps.reduce((sum, { cost }) => sum + cost.losses, 0);

/** Products of all steps at most, of both matrices. */
export const plannedProducts = (steps: readonly Step[]): number =>
  steps.reduce((sum, { cost }) => sum + (cost.products ?? 0), 0);

/** Kinds of graphs that the steps make. */
export const plannedGraphs = (steps: readonly Step[]): ReadonlySet<GraphKind> =>
  new Set(steps.flatMap(({ cost }) => (cost.losses > 0 ? (cost.graphs ?? []) : [])));
