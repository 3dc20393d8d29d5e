import type { ResolvedOptions } from '../options/presets';
import type { Cost, GraphKind, Measurable, Measurement } from './measurements/measurement';
import { MEASUREMENTS } from './measurements/table';

/** A measurement that will be made, with its expected cost. */
export interface Step {
  measurement: Measurement;
  cost: Cost;
}

/** Lists the measurements that the options ask for and the measurements those need, in the order in which they run. */
export function scheduleOf(
  options: ResolvedOptions,
  model: Measurable,
  measurements: readonly Measurement[] = MEASUREMENTS,
): Step[] {
  const isPossible = ({ withoutDerivatives = false }: Measurement) => withoutDerivatives || model.canDifferentiate;
  const isAsked = ({ id, part, applies }: Measurement) =>
    options.measure
      ? options.measure.includes(id)
      : (part === 'always' || options.only.includes(part)) && (applies?.(options) ?? true);
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

/** Returns the expected cost of all steps in evaluations of the loss over all data. */
export const plannedLosses = (steps: readonly Step[]): number => steps.reduce((sum, { cost }) => sum + cost.losses, 0);

/** Returns the largest number of products with H and G in all steps. */
export const plannedProducts = (steps: readonly Step[]): number =>
  steps.reduce((sum, { cost }) => sum + (cost.products ?? 0), 0);

/** Returns the kinds of graphs that the steps need. */
export const plannedGraphs = (steps: readonly Step[]): ReadonlySet<GraphKind> =>
  new Set(steps.flatMap(({ cost }) => (cost.losses > 0 ? (cost.graphs ?? []) : [])));
