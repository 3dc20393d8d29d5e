import { UserError } from '../errors';
import type { Objective } from '../objective/objective';
import type { Direction } from '../options/direction';
import type { Part } from '../options/options';
import type { ResolvedOptions } from '../options/presets';
import type { Progress } from '../protocol/worker';
import type { ModelSummary, Provenance, ProviderSummary, Report } from '../report/report';
import { SCHEMA_VERSION } from '../report/report';
import { NonFiniteError, gaussNewtonOf, hessianOf } from '../spectrum/operator';
import { counted } from './counted';
import { Directions } from './directions';
import type { OtherTheta } from './directions';
import { Draft } from './draft';
import { measureGgn } from './measureGgn';
import { measureGradient, parametersWithoutCurvature } from './measureGradient';
import { measureSpectrum } from './measureSpectrum';
import type { SpectrumRequest } from './measureSpectrum';
import { Pictures } from './pictures';
import { ProgressTracker } from './progress';
import type { Stage, StageReport } from './progress';
import { remembered } from './remembered';
import { stagesOf } from './stages';
import type { Plan } from './stages';

/** What is known of the objective before anything is measured: all a report needs that no product can tell. */
export interface ObjectiveFacts {
  model: ModelSummary;
  function: NonNullable<Report['objective']>['function'];
  reads: string;
  classes?: number;
  chanceLoss?: number;
  batchSize: number;
  provider: ProviderSummary;
  generated: boolean;
  notes: readonly string[];
  /** False where an operator has no derivative rule: then only the loss can be drawn. */
  canDifferentiate: boolean;
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
  await during('loss', stages.loss, async () => draft.add(await measureLoss(objective, facts, options, signal)));
  if (plan.gradient) {
    await during('gradient', stages.gradient, async (report) => {
      const sections = await measureGradient(objective, { seed: options.seed, signal, onPart: report });
      directions.measured.gradient = sections.vector;
      draft.add({ gradient: sections.gradient, parameters: sections.parameters });
    });
  } else {
    draft.add({ parameters: parametersWithoutCurvature(objective) });
  }
  const early = ({ direction }: { direction: Direction }) => !isEigenvector(direction);
  await during('lines', stages.lines, (report) => pictures.lines(early, report, signal));
  await during('plane', stages.firstPicture, (report) =>
    pictures.firstPlane(({ x, y }) => !isEigenvector(x) && !isEigenvector(y), report, signal),
  );
  const request = spectrumRequest(options);
  if (plan.spectrum) {
    await during('spectrum', stages.spectrum, async (report) => {
      const add = (hessian: NonNullable<Report['spectrum']>['hessian']) =>
        draft.add({ spectrum: { ...draft.report.spectrum, hessian } });
      await unlessNonFinite(draft, async () => {
        const hooks = { signal, onProgress: report, onPart: add };
        const { spectrum, top, bottom, warnings } = await measureSpectrum(hessianOf(objective), request, hooks);
        Object.assign(directions.measured, { top, bottom });
        draft.warn(...warnings);
        add(spectrum);
      });
    });
  }
  if (plan.ggn) {
    await during('ggn', stages.ggn, (report) =>
      unlessNonFinite(draft, async () => {
        const wanted = { ...request, top: Math.max(options.top, LEAST_GGN) };
        const ggn = await measureGgn(gaussNewtonOf(objective), wanted, { signal, onProgress: report });
        draft.add({ spectrum: { ...draft.report.spectrum, ggn } });
      }),
    );
  }
  await during('lines', { ...stages.lines, cost: 0 }, (report) => pictures.lines(() => true, report, signal));
  await during('plane', stages.planes, (report) => pictures.planes(report, signal));

  signal?.throwIfAborted();
  draft.spent('total', facts.seconds.load + facts.seconds.compile + (performance.now() - started) / 1000);
  const timings = { ...draft.report.timings, ...(hvp.count ? { hvp } : {}), ...(ggnvp.count ? { ggnvp } : {}) };
  draft.add({ complete: true, timings });
  return draft.report;
}

/** What has to be measured: the parts asked for, and what their directions are made of. */
function planOf({ only, lines, planes }: ResolvedOptions, canDifferentiate: boolean): Plan {
  const asked = (part: Part) => only.includes(part);
  const drawn = [
    ...(asked('lines') ? lines.map(({ direction }) => direction) : []),
    ...(asked('plane') ? planes.flatMap(({ x, y }) => [x, y]) : []),
  ];
  const count = (values: number[]) => values.reduce((sum, value) => sum + value, 0);
  return {
    gradient: canDifferentiate && (asked('gradient') || drawn.some(({ kind }) => kind === 'gradient')),
    spectrum: canDifferentiate && (asked('spectrum') || drawn.some(isEigenvector)),
    ggn: canDifferentiate && asked('ggn'),
    linePoints: asked('lines') ? count(lines.map(({ range }) => range.steps)) : 0,
    planePoints: asked('plane') ? count(planes.map(({ xRange, yRange }) => xRange.steps * yRange.steps)) : 0,
  };
}

function isEigenvector({ kind }: Direction): boolean {
  return kind === 'top' || kind === 'bottom';
}

/** As many eigenpairs as were asked for by number or by a direction's name. */
function spectrumRequest(options: ResolvedOptions): SpectrumRequest {
  const drawn = [...options.lines.map(({ direction }) => direction), ...options.planes.flatMap(({ x, y }) => [x, y])];
  const last = (kind: 'top' | 'bottom') =>
    Math.max(options[kind], ...drawn.map((direction) => (direction.kind === kind ? direction.index : 0)));
  return { ...options, top: last('top'), bottom: last('bottom') };
}

async function measureLoss(
  objective: Objective,
  facts: ObjectiveFacts,
  { weightDecay }: ResolvedOptions,
  signal?: AbortSignal,
): Promise<Pick<Report, 'objective'>> {
  const { loss, accuracy, standardError } = await objective.value(signal);
  if (!Number.isFinite(loss)) {
    throw new UserError({
      what: `The loss of this model on this data is ${loss}.`,
      where: [`loss ${facts.function}, ${facts.reads}`],
      action:
        'Check the weights and the data for NaN, ∞ and very large values, and that the loss fits the output (logits, probabilities or numbers).',
    });
  }
  return {
    objective: {
      function: facts.function,
      loss,
      ...(Number.isNaN(accuracy) ? {} : { accuracy }),
      samples: objective.samples,
      batchSize: facts.batchSize,
      weightDecay,
      standardError,
      reads: facts.reads,
      ...(facts.generated ? { generated: true } : {}),
      ...(facts.classes === undefined ? {} : { classes: facts.classes }),
      ...(facts.chanceLoss === undefined ? {} : { chanceLoss: facts.chanceLoss }),
    },
  };
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
