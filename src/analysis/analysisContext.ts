import { withWeightDecay } from '../objective/layers/weightDecay';
import { remembered } from '../objective/layers/remembered';
import type { Objective } from '../objective/objective';
import { planFor } from '../objective/resources/memoryPlan';
import type { Part } from '../options/options';
import type { ResolvedOptions } from '../options/presets';
import type { Report } from '../report/report';
import { SCHEMA_VERSION } from '../report/report';
import { NO_ANSWERS } from './answers';
import type { Results } from './answers';
import { Directions } from './directions';
import { Draft } from './draft';
import type { ObjectiveFacts, WideLoss } from './facts';
import { gradient } from './measurements/gradient';
import type { Context, Measurement } from './measurements/measurement';
import { spectrum } from './measurements/spectrum';
import { Pictures } from './pictures';

interface ContextHooks {
  signal?: AbortSignal;
  onPartial?: (report: Report) => void;
  results?: Results;
}

/** Everything that the measurements of one analysis share. */
export interface AnalysisContext extends Omit<Context, 'report'> {
  /** What was found so far, by measurement. */
  findings: Map<Measurement, unknown>;
}

/** Prepares what the measurements of an analysis share: the draft of the report, directions, pictures and findings. */
export function contextOf(
  objective: Objective,
  facts: ObjectiveFacts,
  options: ResolvedOptions,
  { signal, onPartial, results = NO_ANSWERS.results }: ContextHooks,
): AnalysisContext {
  const findings = new Map<Measurement, unknown>();
  const found = <Found>(measurement: Measurement<Found>): Found | null =>
    findings.has(measurement) ? (findings.get(measurement) as Found) : null;
  const draft = new Draft(emptyReport(facts), onPartial);
  const directions = new Directions(objective, options.seed, facts.readOther, () => {
    const { top = [], bottom = [] } = found(spectrum) ?? {};
    return { gradient: found(gradient), top, bottom };
  });
  const asked = (part: Part) => options.only.includes(part);
  const requests = {
    lines: asked('lines') ? options.lines : [],
    planes: asked('plane') ? options.planes : [],
  };
  const test = facts.test ? withWeightDecay(facts.test, options.weightDecay) : null;
  const pictures = new Pictures({ objective, test }, directions, draft, requests, wideOf(facts, options));
  const basisBytes = facts.basisBytes ?? planFor(options, objective.dim).basisBytes;
  return { objective, facts, options, draft, directions, pictures, basisBytes, signal, found, findings, results };
}

/** Opens the wide loss once, with weight decay, so that it remembers the points of planes. */
function wideOf({ wide }: ObjectiveFacts, { weightDecay }: ResolvedOptions): (() => Promise<WideLoss>) | undefined {
  let opened: Promise<WideLoss> | undefined;
  const open = async ({ objective, test }: WideLoss): Promise<WideLoss> =>
    Promise.resolve({
      objective: remembered(withWeightDecay(objective, weightDecay)),
      test: test && withWeightDecay(test, weightDecay),
    });
  return wide && (() => (opened ??= wide().then(open)));
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
    ...(facts.remarks?.length ? { notes: [...facts.remarks] } : {}),
    timings: { load: seconds.load, compile: seconds.compile },
    provenance,
  };
}
