import type { ClusterPlan } from '../../cluster/plan';
import { ToldProgress } from '../../cluster/runFolder';
import type { RunFolder } from '../../cluster/runFolder';
import { submitMissing } from '../../cluster/submitRun';
import { UserError } from '../../errors';
import { withHeadline } from '../../diagnostics/headline/headline';
import { reportFromJson, reportToJson } from '../../report/json';
import type { Report } from '../../report/report';
import type { ClusterSummary } from '../../report/sections/cluster';
import { counted, formatCount } from '../../text/counts';
import { analyze } from '../analyze';
import { compareModels } from '../compare/compareModels';
import { followPath } from '../path/followPath';
import { knownParts } from '../../cluster/knownParts';
import type { KnownParts } from '../../cluster/knownParts';
import { PartAnswers } from './partAnswers';
import { reportOf } from './partWork';
import type { PartWork, SharedFacts } from './partWork';

/** A part that is missing is submitted again at most so often. */
const AGAIN = 2;

interface GatherHooks {
  signal: AbortSignal;
  say: (text: string) => void;
}

/**
 * Ends a run: compares the parts there with the plan, submits what is missing again, at most twice, and otherwise
 * measures what needs all of them and writes the report. Parts that are missing even then are left out, and the report
 * says so.
 * @returns the report; null if parts were submitted again
 */
export async function gather(folder: RunFolder, { signal, say }: GatherHooks): Promise<Report | null> {
  const plan = await folder.plan<PartWork>();
  const known = await knownParts(
    folder,
    plan.parts.map((_, i) => i),
  );
  const submissions = await folder.submissions();
  const last = submissions.at(-1);
  if (known.missing.size > 0 && last && submissionsSinceStart(submissions) <= AGAIN) {
    say(`${counted(known.missing.size, 'part')} of ${formatCount(plan.parts.length)} missing: submitted again.`);
    await submitMissing(folder, plan, known.missing, { ...last, again: true });
    return null;
  }
  const told = new ToldProgress(folder);
  const report = await measureRest(folder, plan, known, {
    signal,
    tell: (progress) => told.tell(progress),
  });
  await folder.storeReport(reportToJson(report));
  return report;
}

/** Submissions since the user last started the run. */
function submissionsSinceStart(submissions: readonly { again?: boolean }[]): number {
  return submissions.length - submissions.findLastIndex(({ again }) => !again);
}

type Tell = (progress: { stage: string; detail?: string; fraction: number }) => void;

async function measureRest(
  folder: RunFolder,
  plan: ClusterPlan<PartWork>,
  known: KnownParts,
  { signal, tell }: { signal: AbortSignal; tell: Tell },
): Promise<Report> {
  const { command, places, options } = plan.request;
  const answers = new PartAnswers();
  const lostPieces = piecesLost(plan, known.missing);
  answers.know(known.answers, lostPieces);
  const lostModels = [...known.missing].flatMap((part) => {
    const { work } = plan.parts[part];
    return work.kind === 'report' ? [work.model] : [];
  });
  const finished = async (model: string) => {
    const json = await answers.results.find<string>(reportOf(model));
    return json === null ? null : reportFromJson(json);
  };
  // A partial report is not kept in the cache: there it would be found again once all parts are measured.
  const cache = known.missing.size === 0 ? folder.cache : undefined;
  const hooks = { signal, cache, onProgress: tell };
  const { size } = plan.shared as SharedFacts;
  const run = (): Promise<Report> => {
    if (command === 'analyze') return analyze(places[0], options, { ...hooks, answers, size });
    if (command === 'path') return followPath(places, options, { ...hooks, finished, without: new Set(lostModels) });
    if (lostModels.length === 0) return compareModels(places, options, { ...hooks, finished });
    throw new UserError({
      what: `${counted(lostModels.length, 'model')} of the comparison could not be measured.`,
      where: lostModels,
      action: 'The logs of the run say why.',
    });
  };
  const report = await run();
  return withHeadline({
    ...report,
    cluster: summaryOf(plan, known, (await folder.submissions()).length),
    warnings: [...partialWarning(plan, known.missing), ...report.warnings],
  });
}

/** The pieces of missing parts, by measurement. */
function piecesLost({ parts }: ClusterPlan<PartWork>, missing: ReadonlySet<number>): Map<string, Set<number>> {
  const lost = new Map<string, Set<number>>();
  for (const part of missing) {
    const { work } = parts[part];
    if (work.kind !== 'pieces') continue;
    const pieces = lost.get(work.id) ?? new Set<number>();
    for (let piece = work.first; piece < work.end; piece++) pieces.add(piece);
    lost.set(work.id, pieces);
  }
  return lost;
}

function partialWarning({ parts }: ClusterPlan, missing: ReadonlySet<number>): string[] {
  if (missing.size === 0) return [];
  const labels = [...missing].map((part) => parts[part].label);
  const done = parts.length - missing.size;
  return [
    `Partial: ${formatCount(done)} of ${counted(parts.length, 'part')}. The cluster could not measure ${labels.join('; ')}. What needs them is left out or less precise.`,
  ];
}

function summaryOf({ id, parts }: ClusterPlan, { facts }: KnownParts, submissions: number): ClusterSummary {
  const nodes = new Map<string, ClusterSummary['nodes'][number]>();
  for (const { node, machine, provider, seconds } of facts.values()) {
    const key = `${node} ${machine} ${provider}`;
    const before = nodes.get(key) ?? { node, machine, provider, parts: 0, seconds: 0 };
    nodes.set(key, { ...before, parts: before.parts + 1, seconds: before.seconds + seconds });
  }
  return { run: id, parts: parts.length, measured: facts.size, submissions, nodes: [...nodes.values()] };
}
