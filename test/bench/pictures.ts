import { analyze } from '../../src/analysis/analyze';
import { barrierBetween } from '../../src/compare/barrier';
import { randomDirection } from '../../src/landscape/direction';
import { openObjective } from '../../src/objective/open/openObjective';
import { resolveOptions } from '../../src/options/presets';
import type { Plane } from '../../src/report/sections/planes';
import { medianMilliseconds } from './clock';
import type { BenchSettings } from './settings';
import type { Subject } from './subjects';

/** What pictures of a network take, and how far an adaptive plane is off. Times in seconds, from the opened model. */
export interface PictureFigures {
  plane: {
    seconds: number;
    /** Share of the 51 × 51 points that were measured. */
    share: number;
    /** Largest distance from the plane of which every point was measured, and the largest one that the report states. */
    off: number;
    stated: number;
    /** The range of the losses, in whose units both are told. */
    range: number;
  };
  /** The line between two models, and the number of its points. */
  line: { seconds: number; points: number };
}

const PLANE = 'random,random:-1:1:51';
/** This error makes the plane adaptive. With only a number of steps, every point is measured. */
const PLANE_ERROR = 0.01;

/** Draws an adaptive plane, the same one measured at every point, and the line to a second model. */
export async function measurePictures({ path, options }: Subject, settings: BenchSettings): Promise<PictureFigures> {
  const asked = { ...options, provider: settings.provider, ...(settings.threads ? { threads: settings.threads } : {}) };
  const only = { ...asked, only: ['plane' as const], plane: [PLANE] };
  const adaptive = await analyze(path, { ...only, planeError: PLANE_ERROR });
  const whole = await analyze(path, only);
  return {
    plane: { seconds: adaptive.timings.plane as number, ...deviation(adaptive.planes[0], whole.planes[0]) },
    line: await timedLine(path, asked, settings),
  };
}

function deviation(plane: Plane, whole: Plane): Omit<PictureFigures['plane'], 'seconds'> {
  const [found, exact] = [plane.loss.flat(), whole.loss.flat()];
  const measured = plane.evaluated?.flat().filter(Boolean).length ?? found.length;
  const finite = exact.filter(Number.isFinite);
  return {
    share: measured / found.length,
    // Points that are not finite have no distance: they agree where both are.
    off: Math.max(...found.map((loss, i) => (Number.isFinite(exact[i]) ? Math.abs(loss - exact[i]) : 0))),
    stated: plane.interpolationError ?? 0,
    range: Math.max(...finite) - Math.min(...finite),
  };
}

async function timedLine(
  path: string,
  asked: Subject['options'],
  settings: BenchSettings,
): Promise<PictureFigures['line']> {
  const { objective } = await openObjective(path, resolveOptions(asked));
  try {
    const { parameters, theta } = objective;
    const { vector } = randomDirection(parameters, theta, { seed: 0, stream: 0, normalization: 'filter' })!;
    const segment = { d1: vector, d2: null, pointAt: (alpha: number) => ({ alpha, beta: 0 }) };
    // A comparison has asked both models for their answers to each sample before, for its figures side by side.
    const known = {
      from: await objective.perSample(),
      to: await objective.perSample({ at: { d1: vector, d2: null, alpha: 1, beta: 0 } }),
    };
    let points = 0;
    // As the peer's loss, it runs once to warm up and is then repeated.
    const time = await medianMilliseconds(
      async () => (points = (await barrierBetween(objective, segment, { known })).alpha.length),
      1000 * settings.seconds,
    );
    return { seconds: time / 1000, points };
  } finally {
    await objective.dispose();
  }
}
