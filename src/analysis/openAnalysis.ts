import { arch, cpus, platform } from 'node:os';
import { version } from '../../package.json';
import type { StoredGraphs } from '../engine/storedGraphs';
import { withWeightDecay } from '../objective/layers/weightDecay';
import { openObjective } from '../objective/open/openObjective';
import type { OpenedObjective } from '../objective/open/openedObjective';
import type { ModelAndData } from '../objective/open/readModelAndData';
import type { Objective } from '../objective/objective';
import type { ThreadWish } from '../objective/resources/bestThreads';
import { toldMemory } from '../objective/resources/memory';
import { toldThreads } from '../objective/resources/threadSearch';
import type { AnalysisOptions, ProviderChoice } from '../options/options';
import type { ResolvedOptions } from '../options/presets';
import type { Answers, Wrap } from './answers';
import { NO_ANSWERS } from './answers';
import { toldTime, withinTime } from './economy';
import type { ModelSize } from './economy';
import type { ObjectiveFacts } from './facts';
import { OtherModels } from './otherModels';

/** Expected memory in bytes above which a note states it. Below that only the progress shows it. */
const WORTH_TELLING = 2 ** 31;

export interface AnalysisRequest {
  asked: AnalysisOptions;
  /** The same with the preset's values. */
  whole: ResolvedOptions;
  read: ModelAndData;
  /** ISO 8601. */
  started: string;
  graphs?: StoredGraphs | null;
  threads?: ThreadWish | null;
  answers?: Answers;
  /** The size from which the time is expected, where another machine has told it; by default that of the opened model. */
  size?: ModelSize | null;
  over?: Over;
  signal?: AbortSignal;
}

/** Returns what the analysis asks in place of the opened objective. */
export type Over = (opened: OpenedObjective) => Objective;

/** A model that is ready to be analysed. Dispose of it in the end. */
export interface OpenedAnalysis {
  opened: OpenedObjective;
  /** What is measured within the time of the preset. */
  options: ResolvedOptions;
  /** Expected memory. */
  memory: string;
  /** Sentences that a user wants to read before it begins: time, memory, operators without derivative, threads. */
  told: readonly string[];
  /** The loss to analyse with the facts about it. @param keep wraps every objective, so that its answers are kept */
  measurable(keep: Wrap): { objective: Objective; facts: ObjectiveFacts };
  dispose(): Promise<void>;
}

/** Opens a model with its data for an analysis. */
export async function openAnalysis(model: string, request: AnalysisRequest): Promise<OpenedAnalysis> {
  const { asked, whole, read, started, graphs = null, answers = NO_ANSWERS, over, signal } = request;
  const opened = await openObjective(model, whole, { signal, read, graphs, threads: request.threads ?? null });
  const { test, threads, ...facts } = opened;
  const objective = over?.(opened) ?? opened.objective;
  const size = request.size ?? { ...facts, dim: objective.dim };
  const economy = withinTime(whole, asked, size);
  const { options, left } = economy;
  const memory = toldMemory(facts.memory, model);
  const toldIfLarge = facts.memory.total > WORTH_TELLING ? [memory] : [];
  const time = toldTime(economy, asked, size);
  let keeping: Wrap = answers.over;
  const others = new OtherModels(
    model,
    { ...options, provider: opened.provider.used as ProviderChoice, threads: threads?.threads ?? options.threads },
    { read, parameters: objective.parameters, graphs, signal, keeping: (wide, name) => keeping(wide, name) },
  );
  return {
    opened,
    options,
    memory,
    told: [
      ...(time ? [time] : []),
      ...toldIfLarge,
      ...(facts.unsupported ? [facts.unsupported] : []),
      ...(threads && threads.threads < threads.timed[0].threads ? [toldThreads(threads)] : []),
    ],
    measurable(keep) {
      keeping = (wide, name) => keep(answers.over(wide, name), name);
      return {
        objective: withWeightDecay(keeping(objective, ''), options.weightDecay),
        facts: {
          ...facts,
          test: test && keeping(test, 'test data: '),
          notes: [...facts.notes, ...(left.length > 0 && time ? [time] : [])],
          remarks: [...facts.remarks, ...toldIfLarge],
          provenance: {
            version,
            seed: options.seed,
            options: asked,
            data: facts.dataSha256,
            started,
            machine: thisMachine(),
            ...(threads ? { threads: toldThreads(threads) } : {}),
          },
          readOther: others.read,
          wide: others.wide,
        },
      };
    },
    async dispose() {
      await others.dispose();
      await objective.dispose();
    },
  };
}

/** Names platform and processor: "linux x64, 8 × AMD EPYC 7763". */
export function thisMachine(): string {
  return `${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`;
}
