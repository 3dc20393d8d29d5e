import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { analyze } from '../../src/analysis/analyze';
import { openObjective } from '../../src/objective/open/openObjective';
import type { AnalysisOptions } from '../../src/options/options';
import { resolveOptions } from '../../src/options/presets';
import { extremeEigenpairs } from '../../src/spectrum/extremes';
import { hessianOf } from '../../src/spectrum/operator';
import { slq } from '../../src/spectrum/slq';
import { medianMilliseconds, milliseconds, peakBytes } from './clock';
import { onnxObjective, vectorsOf } from './kernels';
import type { BenchSettings } from './settings';
import type { Subject } from './subjects';

/**
 * Times in seconds. Each runs from the opened model to the answer, except those of `analyze`, which opens the model.
 */
export interface AnswerFigures {
  /** Time of one loss over the data, the unit of all multiples. */
  loss: number;
  top5: { seconds: number; products: number; converged: number; error: number | null };
  /** Time from the call to the first verdict, and to the report. */
  quick: { firstVerdict: number; seconds: number };
  /** This and the next two are measured only with `--long`. */
  plane?: { seconds: number };
  slq?: { seconds: number; products: number };
  standard?: { seconds: number };
  peakBytes: number;
}

const SEED = 0;
const SLQ = { probes: 10, lanczosSteps: 100 };
const TOLERANCE = 1e-3;
const PLANE = 'random,random:-1:1:51';
/** This error makes the plane adaptive. With only a number of steps, every point would be measured. */
const PLANE_ERROR = 0.01;

/** Times whole answers on one network. */
export async function measureAnswers({ path, options }: Subject, settings: BenchSettings): Promise<AnswerFigures> {
  const asked = { ...options, provider: settings.provider, ...(settings.threads ? { threads: settings.threads } : {}) };
  const quick = await timedAnalysis(path, { ...asked, preset: 'quick' });
  const { objective: opened } = await openObjective(path, resolveOptions({ ...asked, ...SLQ }));
  const objective = onnxObjective(opened);
  try {
    const loss = (await medianMilliseconds(() => objective.value(), settings.seconds * 1000)) / 1000;
    await objective.prepare('hessian', 1);
    const op = hessianOf(objective);
    // The peer's clock starts after its gradient, whose graph it retains. So one product runs first here too, and
    // computes what all products share.
    await op.apply(vectorsOf(objective, 1));
    // Power iteration with deflation finds the five of largest magnitude, on either side, so these are asked for.
    // The peer does not check whether one of them is repeated, on which an analysis of few parameters spends most of
    // its products.
    const repeated = 'never' as const;
    const request = { top: 5, bottom: 5, largest: 5, seed: SEED, tolerance: TOLERANCE, repeated };
    let found: Awaited<ReturnType<typeof extremeEigenpairs>>;
    const top5 = await seconds(async () => (found = await extremeEigenpairs(op, request)));
    const { products } = found!;
    const pairs = [...found!.top, ...found!.bottom];
    const figures: AnswerFigures = {
      loss,
      top5: {
        seconds: top5,
        products,
        converged: pairs.filter(({ converged }) => converged).length,
        error: await errorOf(
          path,
          pairs.map(({ value }) => value),
        ),
      },
      quick,
      peakBytes: 0,
    };
    if (settings.long) {
      const report = await analyze(path, { ...asked, only: ['plane'], plane: [PLANE], planeError: PLANE_ERROR });
      figures.plane = { seconds: report.timings.plane as number };
      // The probes run in two groups of equal size.
      await objective.prepare('hessian', SLQ.probes / 2);
      let spent = 0;
      const all = async () =>
        (spent = (await slq(op, { probes: SLQ.probes, steps: SLQ.lanczosSteps, seed: SEED })).products);
      figures.slq = { seconds: await seconds(all), products: spent };
      figures.standard = { seconds: (await timedAnalysis(path, { ...asked, preset: 'standard' })).seconds };
    }
    return { ...figures, peakBytes: peakBytes() };
  } finally {
    await objective.dispose();
  }
}

const seconds = async (work: () => Promise<unknown>) => (await milliseconds(work)) / 1000;

async function timedAnalysis(path: string, asked: AnalysisOptions): Promise<AnswerFigures['quick']> {
  const start = performance.now();
  const since = () => (performance.now() - start) / 1000;
  let firstVerdict = NaN;
  await analyze(path, asked, {
    onPartial: ({ diagnostics }) => {
      if (diagnostics.length > 0 && Number.isNaN(firstVerdict)) firstVerdict = since();
    },
  });
  return { firstVerdict, seconds: since() };
}

/** Number of eigenvalues compared. The reference lists a few of each side and may lack the fifth by magnitude. */
const COMPARED = 4;

/**
 * Largest distance of the eigenvalues of largest magnitude from the float64 reference beside the model, in units of the
 * largest; null without a reference.
 */
async function errorOf(path: string, values: readonly number[]): Promise<number | null> {
  const text = await readFile(join(dirname(path), 'reference.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  const reference = JSON.parse(text) as { eigenvalues_top?: number[]; eigenvalues_bottom?: number[] };
  // For a small problem both lists hold the whole spectrum, so each sign is taken from one list only.
  const positive = (reference.eigenvalues_top ?? []).filter((value) => value > 0);
  const negative = (reference.eigenvalues_bottom ?? []).filter((value) => value < 0);
  const count = Math.min(COMPARED, positive.length + negative.length, values.length);
  if (count === 0) return null;
  // The result is sorted by value, since λ and −λ may come in either order if both are eigenvalues.
  const largest = (list: readonly number[]) =>
    [...list]
      .sort((x, y) => Math.abs(y) - Math.abs(x))
      .slice(0, count)
      .sort((x, y) => x - y);
  const [exact, found] = [largest([...positive, ...negative]), largest(values)];
  const off = exact.map((value, i) => Math.abs(found[i] - value));
  return Math.max(...off) / Math.max(...exact.map(Math.abs));
}
