import { UserError } from '../../errors';
import { counted as withCounts } from '../../objective/layers/counted';
import { remembered } from '../../objective/layers/remembered';
import type { Objective } from '../../objective/objective';
import type { ResolvedOptions } from '../../options/presets';
import { NonFiniteError } from '../../spectrum/operator';
import { contextOf } from '../analysisContext';
import type { Results } from '../answers';
import type { ObjectiveFacts } from '../facts';
import type { Measurement } from '../measurements/measurement';
import { MEASUREMENTS } from '../measurements/table';
import { findingOf } from './partWork';
import type { PartWork } from './partWork';

/**
 * Measures one part of an analysis, whose answers and results are kept by the layers of the objective and by `results`.
 * @throws UserError if a part that this one reads is missing
 */
export async function measurePart(
  measured: Objective,
  facts: ObjectiveFacts,
  options: ResolvedOptions,
  work: Exclude<PartWork, { kind: 'report' }>,
  { results, signal }: { results: Results; signal?: AbortSignal },
): Promise<void> {
  const { objective } = withCounts(remembered(measured));
  const { findings, ...context } = contextOf(objective, facts, options, { signal, results });
  if (work.kind === 'measurements') {
    for (const id of work.ids) {
      const measurement = measurementOf(id);
      const finding = await measurement.measure({ ...context, report: () => undefined });
      findings.set(measurement, finding);
      await results.keep(findingOf(id), finding ?? null);
    }
    return;
  }
  const { split } = measurementOf(work.id);
  if (!split) throw new Error(`${work.id} has no pieces`);
  for (const needed of split.needs?.(options) ?? []) {
    const finding = await results.find<{ value: unknown }>(findingOf(needed.id));
    findings.set(needed, finding);
  }
  try {
    await split.measure(context, work.first, work.end);
  } catch (error) {
    // Where the loss or its curvature is NaN or ∞ there is nothing to measure, and the gathered report says why.
    if (!(error instanceof NonFiniteError)) throw error;
  }
}

function measurementOf(id: string): Measurement {
  const found = MEASUREMENTS.find((measurement) => measurement.id === id);
  if (found) return found;
  throw new UserError({
    what: `This version of Ridgeline does not know the measurement «${id}».`,
    where: ['the plan of this run'],
    action: 'Start the run anew with one version on all machines.',
  });
}
