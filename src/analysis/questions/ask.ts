import { readModelAndData } from '../../objective/open/readModelAndData';
import type { AnalysisOptions } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import type { QuestionAnswer, Progress, QuestionId } from '../../protocol/worker';
import type { Finding, Report } from '../../report/report';
import { analyze, finishedReport } from '../analyze';
import type { AnalyzeHooks } from '../analyze';
import { flatRegionBySlope, saddleBySlope } from './bySlope';
import type { Depth } from './effort';
import { reducedFor } from './effort';
import { findingsOn, isCertainlyIllConditioned, sameVerdicts, withstandsTheDraw } from './onAllData';

/** The verdicts that answer each question. */
const VERDICTS: Record<QuestionId, readonly string[]> = {
  saddle: ['saddle'],
  flatRegion: ['flat-region'],
  conditioning: ['ill-conditioning'],
  layerGradients: ['vanishing-gradient', 'exploding-gradient', 'vanishing-over-time', 'exploding-over-time'],
};

/** Number of samples on which the slope is measured first. */
const FEW = 256;
/** Up to this many samples, curvature on all of them takes no longer than on two draws that have to agree. */
const WORTH_DRAWING = 2048;
/** Smallest draw on which curvature is measured. Each further draw is four times as large. */
const LEAST_DRAW = 512;
const GROWTH = 4;

/**
 * Answers one question about θ with the measurements it needs. A slope decides on few samples, where its sampling error
 * allows; curvature is measured on draws of growing size until two agree and neither depends on the draw, or on all
 * samples as an analysis does.
 * @throws UserError when model, data or options are at fault; AbortError when the signal aborts
 */
export async function ask(
  model: string,
  question: QuestionId,
  asked: AnalysisOptions,
  hooks: AnalyzeHooks = {},
): Promise<QuestionAnswer> {
  const ids = VERDICTS[question];
  hooks.onProgress?.({ stage: 'Loading', fraction: 0 });
  const read = await readModelAndData(model, resolveOptions(asked));
  const finished = hooks.cache === undefined || asked.fresh ? null : await finishedReport(read, asked, hooks.cache);
  if (finished && findingsOn(finished, ids).length > 0) {
    return { findings: ordered(findingsOn(finished, ids)), report: finished, whole: true };
  }
  const progress = stages(hooks.onProgress);
  const measure = (depth: Depth, draw: number | null): Promise<Report> => {
    const reduce = reducedFor(question, depth, draw);
    return analyze(model, asked, { signal: hooks.signal, cache: hooks.cache, reduce, onProgress: progress() });
  };
  const { samples } = read.data;
  const bySlope = BY_SLOPE[question];
  if (bySlope && samples > FEW) {
    const report = await measure('slope', FEW);
    const finding = bySlope(report);
    if (finding) return answered(report, [finding]);
  }
  let before: Finding[] | null = null;
  for (const draw of draws(samples)) {
    if (bySlope) {
      const report = await measure('slope', draw);
      const finding = bySlope(report);
      if (finding) return answered(report, [finding]);
    }
    const isFirst = question === 'conditioning';
    const report = await measure(isFirst ? 'first probes' : 'everything', draw);
    const told = findingsOn(report, ids);
    const isDecided =
      draw === null
        ? !(isFirst && told.some(({ verdict }) => verdict === 'inconclusive'))
        : isFirst
          ? isCertainlyIllConditioned(report)
          : before !== null && sameVerdicts(told, before) && withstandsTheDraw(report, ids);
    if (isDecided) return answered(report, told);
    before = told;
  }
  const report = await measure('everything', null);
  return answered(report, findingsOn(report, ids));
}

const BY_SLOPE: Partial<Record<QuestionId, (report: Report) => Finding | null>> = {
  saddle: saddleBySlope,
  flatRegion: flatRegionBySlope,
};

/** The draws to measure curvature on, in ascending order; null stands for all samples and comes last. */
function draws(samples: number): (number | null)[] {
  const sizes: number[] = [];
  if (samples > WORTH_DRAWING) for (let draw = LEAST_DRAW; draw * 2 <= samples; draw *= GROWTH) sizes.push(draw);
  return [...sizes, null];
}

function answered(report: Report, findings: readonly Finding[]): QuestionAnswer {
  const others = report.diagnostics.filter(({ id }) => !findings.some((finding) => finding.id === id));
  const told = ordered(findings);
  return { findings: told, report: { ...report, diagnostics: [...told, ...others] }, whole: false };
}

/** What is present comes first, and what is absent last. */
function ordered(findings: readonly Finding[]): Finding[] {
  const rank = { present: 0, inconclusive: 1, absent: 2 };
  return [...findings].sort((a, b) => rank[a.verdict] - rank[b.verdict]);
}

/** Joins the progress of runs whose number is not known in advance: each takes half of what is left. */
function stages(tell: ((progress: Progress) => void) | undefined): () => ((progress: Progress) => void) | undefined {
  let left = 1;
  return () => {
    const start = 1 - left;
    left /= 2;
    const share = left;
    return tell && ((progress) => tell({ ...progress, fraction: start + share * progress.fraction }));
  };
}
