import type { CurvatureKind } from '../loss/head';
import type { Objective } from '../objective/objective';
import { planFor } from '../objective/resources/memoryPlan';
import type { Part } from '../options/options';
import type { ResolvedOptions } from '../options/presets';
import type { Progress } from '../protocol/worker';
import type { ModelSummary, Provenance, ProviderSummary, Report } from '../report/report';
import { SCHEMA_VERSION } from '../report/report';
import { NonFiniteError } from '../spectrum/operator';
import { counted } from '../objective/layers/counted';
import { Directions } from './directions';
import type { OtherTheta } from './directions';
import { Draft } from './draft';
import { kinksOf } from './checks/kinks';
import { measureCompanions, withCurvature } from './measureCompanions';
import { measureGgn } from './measureGgn';
import { measureCurvature, measureGradient, measureParameters } from './measureGradient';
import type { WhyNotFinite } from './measureLoss';
import { measureLoss } from './measureLoss';
import { curvatureSource, measureSpectrum } from './measureSpectrum';
import { Pictures } from './pictures';
import { ProgressTracker } from './progress';
import type { Stage, StageReport } from './progress';
import { remembered } from '../objective/layers/remembered';
import { drawnEigenvectors, isEarly, planOf, spectrumRequest } from './plan';
import { previewSpectrum } from './previewSpectrum';
import { selfChecks } from './checks/selfChecks';
import { stagesOf } from './stages';

/** What is known of the objective before anything is measured: all a report needs that no product can tell. */
export interface ObjectiveFacts {
  model: ModelSummary;
  function: NonNullable<Report['objective']>['function'];
  reads: string;
  /** What G is of this loss and output; `gaussNewton` when left out, of which nothing is claimed. */
  curvature?: CurvatureKind;
  classes?: number;
  chanceLoss?: number;
  chanceAccuracy?: number;
  batchSize: number;
  provider: ProviderSummary;
  generated: boolean;
  notes: readonly string[];
  /** False where an operator has no derivative rule: then only the loss can be drawn. */
  canDifferentiate: boolean;
  /** Kinds of the model's operators: those with kinks limit what differences can check. */
  operators: readonly string[];
  /** Relative error of products on a device that was let round them: part of the noise floor. */
  productError?: number | null;
  /** What a Krylov basis may take; by default what a plan gives one for so many parameters. */
  basisBytes?: number;
  /** Why raw eigenvalues are a matter of scale, where they are. */
  symmetry?: string;
  /** Asked where loss or gradient is NaN or ∞. */
  whyNotFinite?: WhyNotFinite;
  seconds: { load: number; compile: number };
  provenance: Provenance;
  otherTheta: OtherTheta;
}

export interface AnalysisHooks {
  signal?: AbortSignal;
  /** Monotone in `fraction`. */
  onProgress?: (progress: Progress) => void;
  /** The report so far, after each section and while a plane fills in. */
  onPartial?: (report: Report) => void;
}

/** Eigenvalues of the Gauss-Newton matrix are compared with the Hessian's: never fewer than this. */
const LEAST_GGN = 5;

/**
 * Request → report over any objective. The order is that of what a person wants to see first: loss, gradient, the lines
 * and a coarse plane, then the spectra, then the fine plane. Each figure is measured once, whoever needs it.
 * @throws AbortError when the signal aborts; what was measured until then has been handed to `onPartial`
 */
export async function analyzeObjective(
  measured: Objective,
  facts: ObjectiveFacts,
  options: ResolvedOptions,
  hooks: AnalysisHooks = {},
): Promise<Report> {
  const { signal, onPartial } = hooks;
  const started = performance.now();
  const { hvp, ggnvp, objective } = counted(remembered(measured));
  const plan = planOf(options, facts.canDifferentiate);
  const stages = stagesOf(plan, objective.dim, options);
  const tracker = new ProgressTracker(Object.values(stages), hooks.onProgress);
  const draft = new Draft(emptyReport(facts), onPartial);
  const directions = new Directions(objective, options.seed, facts.otherTheta);
  const pictures = new Pictures(objective, directions, draft, {
    lines: plan.linePoints ? options.lines : [],
    planes: plan.planePoints ? options.planes : [],
  });
  const during = async (part: string, stage: Stage, run: (report: StageReport) => Promise<void>) => {
    signal?.throwIfAborted();
    const start = performance.now();
    try {
      await tracker.during(stage, run);
    } finally {
      draft.spent(part, (performance.now() - start) / 1000);
    }
  };

  if (!facts.canDifferentiate) draft.warn(...withoutDerivatives(options.only));
  await during('loss', stages.loss, async () => {
    const lossFacts = { ...facts, weightDecay: options.weightDecay };
    const { symmetry } = facts;
    draft.add({
      objective: await measureLoss(objective, lossFacts, signal),
      parameters: { ...measureParameters(objective), ...(symmetry ? { symmetry } : {}) },
    });
  });
  const { measured: vectors } = directions;
  if (plan.gradient) {
    await during('gradient', stages.gradient, async () => {
      const { vector, gradient } = await measureGradient(objective, signal);
      if (Number.isFinite(gradient.norm)) vectors.gradient = vector;
      else {
        const cause = await facts.whyNotFinite?.('gradient');
        const told = cause ? `${cause.what} ${cause.action}` : 'The gradient is not finite (NaN or ∞).';
        draft.warn(`${told} Nothing along the gradient can be measured.`);
      }
      draft.add({ gradient });
    });
  }
  await during('lines', stages.earlyLines, (report) => pictures.lines(isEarly, report, signal));
  await during('plane', stages.firstPicture, (report) => pictures.firstPlane(report, signal));
  const { gradient } = vectors;
  if (gradient && plan.along !== 'nothing') {
    await during('gradient', stages.curvature, async (report) => {
      const { along } = plan;
      const { seed } = options;
      const found = await measureCurvature(objective, gradient, { along, seed, signal, onPart: report });
      const known = draft.report;
      draft.add({
        gradient: { ...known.gradient!, ...found.gradient },
        parameters: { ...known.parameters!, ...found.parameters },
      });
    });
  }
  const basisBytes = facts.basisBytes ?? planFor(options, objective.dim).basisBytes;
  const request = { ...spectrumRequest(options, basisBytes), productError: facts.productError ?? 0 };
  const drawn = drawnEigenvectors(options);
  if (plan.spectrum) {
    await during('spectrum', stages.spectrum, async (report) => {
      const add = (hessian: NonNullable<Report['spectrum']>['hessian']) =>
        draft.add({ spectrum: { ...draft.report.spectrum, hessian } });
      await unlessNonFinite(draft, async () => {
        const first = await previewSpectrum(objective, facts.batchSize, {
          seed: options.seed,
          memoryBytes: request.basisBytes,
          leastBatches: plan.glimpse ? 2 : undefined,
          signal,
        });
        if (first) add(first);
        if (plan.glimpse && first) return;
        const hooks = { signal, onProgress: report, onPart: add };
        const source = curvatureSource(objective, 'hessian');
        const { spectrum, top, bottom, warnings, checks } = await measureSpectrum(source, request, hooks);
        // The others make room for the vectors of what follows.
        vectors.top = top.slice(0, drawn.top);
        vectors.bottom = bottom.slice(0, drawn.bottom);
        draft.warn(...warnings);
        draft.check(...checks);
        add(spectrum);
      });
    });
  }
  if (plan.ggn) {
    await during('ggn', stages.ggn, (report) =>
      unlessNonFinite(draft, async () => {
        const wanted = { ...request, top: Math.max(options.top, LEAST_GGN) };
        const add = (ggn: NonNullable<Report['spectrum']>['ggn']) =>
          draft.add({ spectrum: { ...draft.report.spectrum, ggn } });
        const hooks = { signal, onProgress: report, onPart: add };
        // The curvature of the weight decay is in G as in H.
        const isPlain = options.weightDecay === 0 || facts.curvature === 'zero';
        const curvature = (isPlain && facts.curvature) || 'gaussNewton';
        const { ggn, checks, warnings } = await measureGgn(objective, curvature, wanted, hooks);
        draft.warn(...warnings);
        draft.check(...checks);
        add(ggn);
      }),
    );
  }
  if (plan.companions) {
    await during('companions', stages.companions, (report) =>
      unlessNonFinite(draft, async () => {
        const { effort, seed } = options;
        const { byTensor, ...found } = await measureCompanions(objective, { effort, seed, signal, onProgress: report });
        draft.add({ parameters: { ...withCurvature(draft.report.parameters!, byTensor), ...found } });
      }),
    );
  }
  await during('lines', stages.lines, (report) => pictures.lines(() => true, report, signal));
  await during('plane', stages.planes, (report) => pictures.planes(report, signal));
  if (plan.checks && vectors.gradient) {
    const found = {
      gradient: vectors.gradient,
      loss: draft.report.objective!.loss,
      largest: largestCurvature(draft.report),
      kinks: kinksOf(facts.operators, facts.function),
    };
    await during('checks', stages.checks, async (report) => {
      draft.check(...(await selfChecks(objective, found, { seed: options.seed, signal, onProgress: report })));
    });
  }

  signal?.throwIfAborted();
  draft.spent('total', facts.seconds.load + facts.seconds.compile + (performance.now() - started) / 1000);
  const timings = { ...draft.report.timings, ...(hvp.count ? { hvp } : {}), ...(ggnvp.count ? { ggnvp } : {}) };
  draft.add({ complete: true, timings });
  return draft.report;
}

/** Where the curvature overflows, what does not need it is still worth measuring; the report says so. */
async function unlessNonFinite(draft: Draft, measure: () => Promise<void>): Promise<void> {
  try {
    await measure();
  } catch (error) {
    if (!(error instanceof NonFiniteError)) throw error;
    draft.warn(`${error.what} (${error.where.join(', ')}) ${error.action ?? ''}`.trim());
  }
}

/** The largest |λ| found, where any was. */
function largestCurvature({ spectrum }: Report): number {
  const { top = [], bottom = [] } = spectrum?.hessian ?? {};
  return [...top, ...bottom].reduce((most, { value }) => Math.max(most, Math.abs(value)), 0);
}

function withoutDerivatives(only: readonly Part[]): string[] {
  const lost = only.filter((part) => part === 'gradient' || part === 'spectrum' || part === 'ggn');
  return lost.length === 0
    ? []
    : [`Without derivatives there is no ${lost.join(', no ')}: the loss, random lines and planes are measured only.`];
}

function emptyReport(facts: ObjectiveFacts): Report {
  const { model, provider, seconds, provenance } = facts;
  const generated = facts.generated
    ? [
        'The inputs are random and the targets are the model’s own answers: this shows that the analysis works, not how the model does on data.',
      ]
    : [];
  return {
    schemaVersion: SCHEMA_VERSION,
    complete: false,
    model,
    provider,
    lines: [],
    planes: [],
    diagnostics: [],
    warnings: [...generated, ...facts.notes],
    timings: { load: seconds.load, compile: seconds.compile },
    provenance,
  };
}
