import { basename } from 'node:path';
import { comparedFigures } from '../../compare/figures';
import { UserError } from '../../errors';
import { shown } from '../../foreignText';
import { openObjective } from '../../objective/open/openObjective';
import { readModelAndData } from '../../objective/open/readModelAndData';
import type { AnalysisOptions, ProviderChoice } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import type { Progress } from '../../protocol/worker';
import { withHeadline } from '../../diagnostics/headline/headline';
import type { Comparison } from '../../report/sections/comparison';
import type { Report } from '../../report/report';
import { analyze, openCache, storedGraphs } from '../analyze';
import type { AnalyzeHooks } from '../analyze';
import { beginKept } from '../keep/beginKept';
import { moment } from '../keep/kept';
import { isSameFile, saveBest } from '../save/saveBest';
import type { SaveWeights } from '../save/saveBest';
import { OtherModels } from '../otherModels';
import { TimeLeft } from '../timeLeft';
import { checkComparison, checkSameLoss, isMatched } from './checkComparison';
import { comparedModel } from './comparedModel';
import { comparisonKey } from './comparisonKey';
import { measureTogether } from './measureTogether';
import { optionsOfEach } from './optionsOfEach';

/** Share of the progress that the analyses of the single models take. */
const SINGLE = 0.85;

/**
 * Compares models on the same data: analyses each with the same options, and then measures the loss between them. The
 * report is that of the first model with the section `comparison`. A finished comparison is found in the cache, and a
 * stopped one continues.
 * @throws UserError when models, data or options are at fault; AbortError when the signal aborts
 */
export async function compareModels(
  models: readonly string[],
  asked: AnalysisOptions,
  hooks: AnalyzeHooks = {},
): Promise<Report> {
  checkComparison(models, asked);
  const { signal, onNote: tell = () => undefined } = hooks;
  const started = new Date().toISOString();
  const each = await optionsOfEach(asked, models);
  const options = resolveOptions(each);
  const left = new TimeLeft();
  /** The time left of one model's analysis says nothing about that of the comparison. */
  const progress = ({ secondsLeft: _, ...told }: Progress): void => {
    const secondsLeft = left.at(told.fraction);
    hooks.onProgress?.({ ...told, ...(secondsLeft === null ? {} : { secondsLeft }) });
  };
  progress({ stage: 'Loading', fraction: 0 });
  const cache = hooks.cache === undefined ? null : await openCache(hooks.cache, asked, tell);
  const fresh = asked.fresh ?? false;
  const match = isMatched(asked);
  const { key, save } = await prepared();
  const keep = cache && { cache, key, fresh, tell };
  // A stored report holds no weights, so those to save are found again.
  const known = keep && !fresh && asked.saveMatched === undefined ? await cache.report(keep.key) : null;
  if (known) {
    tell({ kind: 'found', text: `Found the finished comparison of ${moment(known.provenance.started)}.` });
    return {
      ...known,
      model: { ...known.model, path: models[0] },
      provenance: { ...known.provenance, options: asked },
    };
  }

  /** Reads the first model for the key and for saving. It is read again later, so that it need not stay in memory. */
  async function prepared(): Promise<{ key: string; save: SaveWeights | null }> {
    const read = await readModelAndData(models[0], options);
    const { saveMatched } = asked;
    if (saveMatched !== undefined) await checkTarget(saveMatched, models);
    return {
      key: await comparisonKey(read, options, models.slice(1), { match }),
      save: saveMatched === undefined ? null : await saveBest(read, saveMatched),
    };
  }

  const reports: Report[] = [];
  const reportOf = (complete: boolean, comparison: Omit<Comparison, 'models'>): Report =>
    withHeadline({
      ...reports[0],
      complete,
      comparison: { models: reports.map(comparedModel), ...comparison },
      provenance: { ...reports[0].provenance, options: asked, started },
    });
  for (const [i, model] of models.entries()) {
    const known = await hooks.finished?.(model);
    const report =
      known ??
      (await analyze(model, each, {
        ...hooks,
        onProgress: (each) =>
          progress({
            ...each,
            stage: `${name(model)}: ${each.stage}`,
            fraction: (SINGLE * (i + each.fraction)) / models.length,
          }),
        // The page shows the first model until there are two.
        onPartial: (partial) => {
          // All parts of one comparison carry its own start, by which they are kept as one report.
          const provenance = { ...partial.provenance, options: asked, started };
          if (i === 0)
            hooks.onPartial?.({
              ...partial,
              complete: false,
              headline: undefined,
              provenance,
              comparison: { models: [], figures: [] },
            });
        },
        onNote: (note) => tell({ ...note, text: `${name(model)}: ${note.text}` }),
      }));
    reports.push(report);
    checkSameLoss(reports);
    hooks.onPartial?.(reportOf(false, { figures: comparedFigures(reports.map(unanswered)) }));
  }

  const graphs = cache && !fresh ? await storedGraphs(cache) : null;
  const read = await readModelAndData(models[0], options);
  const opened = await openObjective(models[0], options, { signal, read, graphs });
  const run = keep && (await beginKept(opened, keep, { started, planned: 0 }));
  const others = new OtherModels(
    models[0],
    { ...options, provider: opened.provider.used as ProviderChoice },
    {
      read,
      parameters: opened.objective.parameters,
      graphs,
      signal,
      keeping: (objective, name) => run?.keeping(objective, name) ?? objective,
    },
  );
  let finished: Report | null = null;
  try {
    const first = {
      objective: run?.objective ?? opened.objective,
      test: opened.test && (run?.keeping(opened.test, 'test data: ') ?? opened.test),
      indices: opened.indices,
    };
    const losses = reports.map(({ objective }) => objective?.loss ?? NaN);
    const haveGradients = reports.map(({ gradient }) => Number.isFinite(gradient?.norm));
    const { between, answers, matchedWeights, warnings } = await measureTogether(
      { models, losses, haveGradients, asked: each, match, first, others },
      {
        signal,
        onProgress: (together) => progress({ ...together, fraction: SINGLE + (1 - SINGLE) * together.fraction }),
      },
    );
    const figures = comparedFigures(reports.map((report, i) => ({ report, ...answers[i] })));
    const report = reportOf(true, { ...between, figures });
    finished = { ...report, warnings: [...report.warnings, ...warnings] };
    await run?.finish(finished);
    if (save && matchedWeights) {
      await save(matchedWeights.parameters, matchedWeights.theta);
      tell({ kind: 'told', text: `Wrote the matched weights of ${name(models[1])} to ${asked.saveMatched!}.` });
    } else if (save) {
      tell({ kind: 'told', text: `The units could not be matched, so ${asked.saveMatched!} was not written.` });
    }
    return finished;
  } finally {
    if (!finished) await run?.leave();
    await others.dispose();
    await opened.objective.dispose();
  }
}

/** @throws UserError if the file to write is one of the models */
async function checkTarget(target: string, models: readonly string[]): Promise<void> {
  for (const model of models) {
    if (!(await isSameFile(target, model))) continue;
    throw new UserError({
      what: 'The matched weights would overwrite a model that is compared.',
      where: [`--save-matched ${target}`],
      action: 'Choose another name for the new model.',
    });
  }
}

const name = (path: string) => shown(basename(path));

/** A model before its samples were answered one by one. */
const unanswered = (report: Report) => ({ report, answers: null, testAnswers: null, slopes: null });
