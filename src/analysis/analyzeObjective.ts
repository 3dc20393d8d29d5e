import { counted } from '../objective/layers/counted';
import { remembered } from '../objective/layers/remembered';
import type { Objective } from '../objective/objective';
import type { Part } from '../options/options';
import type { ResolvedOptions } from '../options/presets';
import type { Progress } from '../protocol/worker';
import type { Report } from '../report/report';
import { contextOf } from './analysisContext';
import type { Results } from './answers';
import type { ObjectiveFacts } from './facts';
import { loss } from './measurements/loss';
import type { Measurement } from './measurements/measurement';
import { optimizers } from './measurements/optimizers';
import { ProgressTracker } from './progress';
import { scheduleOf } from './schedule';

export interface AnalysisHooks {
  signal?: AbortSignal;
  /** Receives the progress. Its `fraction` never decreases. */
  onProgress?: (progress: Progress) => void;
  /** Receives the report so far after each section, and while a plane fills in. */
  onPartial?: (report: Report) => void;
  /** Receives the best weights that the optimizers found, if they are better than these. */
  onImproved?: (theta: Float32Array) => void;
  /** What other processes have measured. */
  results?: Results;
}

/**
 * Runs the scheduled measurements on any objective, one after the other, and returns the report. Each figure is
 * measured once, even if several measurements need it. After each measurement the report so far is judged and passed to
 * `onPartial`.
 * @throws AbortError when the signal aborts; `onPartial` has then received everything measured so far
 */
export async function analyzeObjective(
  measured: Objective,
  facts: ObjectiveFacts,
  options: ResolvedOptions,
  { signal, onPartial, onProgress, onImproved, results }: AnalysisHooks = {},
): Promise<Report> {
  const started = performance.now();
  const { counts, objective } = counted(remembered(measured));
  const { batchSize, canDifferentiate } = facts;
  const batches = Math.ceil(objective.samples / batchSize);
  const steps = scheduleOf(options, { dim: objective.dim, canDifferentiate, batches });
  const stages = steps.map(({ measurement: { title }, cost }) => ({ name: title, cost: cost.losses }));
  const tracker = new ProgressTracker(stages, onProgress);
  const context = contextOf(objective, facts, options, { signal, onPartial, results });
  const { findings, draft, found } = context;

  if (!canDifferentiate) draft.warn(...withoutDerivatives(options.only));
  const comingFrom = (first: number) =>
    steps.slice(first).flatMap(({ measurement }) => (isMade(measurement) ? [measurement] : []));
  const isMade = ({ whereNotFinite = false }: Measurement) => whereNotFinite || hasFiniteLoss(draft.report);
  draft.expect(comingFrom(0));
  for (const [i, { measurement }] of steps.entries()) {
    signal?.throwIfAborted();
    if (!isMade(measurement)) continue;
    const start = performance.now();
    try {
      const finding = await tracker.during(stages[i], (report) => measurement.measure({ ...context, report }));
      findings.set(measurement, finding);
      if (measurement === loss && !hasFiniteLoss(draft.report))
        steps.forEach((step, k) => !step.measurement.whereNotFinite && tracker.leaveOut(stages[k]));
    } finally {
      draft.spent(measurement.timedAs, (performance.now() - start) / 1000);
    }
    draft.expect(comingFrom(i + 1));
  }

  signal?.throwIfAborted();
  const improved = found(optimizers);
  if (improved) onImproved?.(improved);
  draft.spent('total', facts.seconds.load + facts.seconds.compile + (performance.now() - started) / 1000);
  const { hessian: hvp, gaussNewton: ggnvp } = counts;
  const timings = { ...draft.report.timings, ...(hvp.count ? { hvp } : {}), ...(ggnvp.count ? { ggnvp } : {}) };
  draft.add({ complete: true, timings });
  return draft.report;
}

/** Whether there is a landscape around θ. */
const hasFiniteLoss = ({ objective }: Report) => Number.isFinite(objective?.loss ?? 0);

function withoutDerivatives(only: readonly Part[]): string[] {
  const lost = only.filter((part) => part === 'gradient' || part === 'spectrum' || part === 'ggn');
  return lost.length === 0
    ? []
    : [`Without derivatives there is no ${lost.join(', no ')}: the loss, random lines and planes are measured only.`];
}
