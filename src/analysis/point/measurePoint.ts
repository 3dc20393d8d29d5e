import { UserError } from '../../errors';
import type { Direction } from '../../landscape/direction';
import { withWeightDecay } from '../../objective/layers/weightDecay';
import type { Objective } from '../../objective/objective';
import { openObjective } from '../../objective/open/openObjective';
import type { OpenedObjective } from '../../objective/open/openedObjective';
import { layoutOf, readWeights } from '../../objective/open/otherWeights';
import { readModelAndData } from '../../objective/open/readModelAndData';
import type { ModelAndData } from '../../objective/open/readModelAndData';
import type { ProviderChoice } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import type { ResolvedOptions } from '../../options/presets';
import type { MeasurePointParams, PlaneOwner } from '../../protocol/worker';
import type { PlanePointFigures } from '../../report/sections/planePoint';
import { formatCount } from '../../text/counts';
import { openCache, storedGraphs, threadWish } from '../analyze';
import type { AnalyzeHooks } from '../analyze';
import { withinTime } from '../economy';
import { analysisKey } from '../keep/analysisKey';
import { beginKept } from '../keep/beginKept';
import { fingerprint } from '../../journal/fingerprint';
import { OtherModels } from '../otherModels';
import { pathAxes } from '../path/pathAxes';
import { optionsOfCheckpoint, reducedForPath } from '../path/reduced';
import { planeAxes } from './planeAxes';
import { pointFigures } from './pointFigures';

/** Shares of the progress: opening the model, and making the directions. The rest is the point itself. */
const OPENED = 0.1;
const DIRECTED = 0.5;

export type PointHooks = Pick<AnalyzeHooks, 'signal' | 'onProgress' | 'cache'>;

/**
 * Measures one point of a plane that a report shows: opens its model and data again, makes the same directions, and
 * finds loss, gradient and extreme eigenvalues there. Answers are kept, so that a stopped measurement continues and the
 * directions of a further point cost nothing.
 * @throws UserError when model or data are no longer those of the report; AbortError when the signal aborts
 */
export async function measurePoint(
  { report: owner, directions: names, at }: Omit<MeasurePointParams, 'cache'>,
  { signal, onProgress = () => undefined, cache: folder }: PointHooks = {},
): Promise<PlanePointFigures> {
  onProgress({ stage: 'Opening the model', fraction: 0 });
  const whole = optionsOf(owner, names);
  const read = await readModelAndData(owner.model, whole);
  checkSame(owner, read);
  signal?.throwIfAborted();
  const cache = folder === undefined ? null : await openCache(folder, owner.options, () => undefined);
  const graphs = cache && (await storedGraphs(cache));
  const opened = await openObjective(owner.model, whole, {
    signal,
    read,
    graphs,
    threads: await threadWish(cache, read, whole),
  });
  const { dim, parameters } = opened.objective;
  const { options } = withinTime(whole, owner.options, { ...opened, dim });
  const key = cache && fingerprint(['points of a plane', await analysisKey(read, whole), names]).toString('hex');
  const keeping = cache && { cache, key: key!, fresh: false, tell: () => undefined };
  const run = keeping && (await beginKept(opened, keeping, { started: '', planned: options.extremeSteps }));
  const others = new OtherModels(
    owner.model,
    {
      ...options,
      provider: opened.provider.used as ProviderChoice,
      threads: opened.threads?.threads ?? options.threads,
    },
    { read, parameters, graphs, signal, keeping: (wide, name) => run?.keeping(wide, name) ?? wide },
  );
  try {
    const decayed = (objective: Objective): Objective => withWeightDecay(objective, options.weightDecay);
    const objective = decayed(run?.objective ?? opened.objective);
    const { basisBytes } = opened;
    const productError = opened.productError ?? 0;
    const directing = (fraction: number, detail?: string): void =>
      onProgress({
        stage: 'Directions of the plane',
        fraction: OPENED + (DIRECTED - OPENED) * fraction,
        ...(detail === undefined ? {} : { detail }),
      });
    directing(0);
    const axes = isOfPath(names)
      ? await axesOfPath(objective, read, { owner, options, signal })
      : await planeAxes(objective, {
          names,
          options,
          readOther: others.read,
          basisBytes,
          productError,
          report: directing,
          signal,
        });
    const isMoving = axes.some(({ statistics }) => statistics);
    const tell = (done: number): void =>
      onProgress({
        stage: 'Curvature at the point',
        detail: `${formatCount(done)} of at most ${formatCount(options.extremeSteps)} products`,
        fraction: DIRECTED + (1 - DIRECTED) * Math.min(1, done / options.extremeSteps),
      });
    tell(0);
    return await pointFigures(objective, axes, {
      at,
      lossAlong: isMoving ? decayed((await others.wide()).objective) : objective,
      withoutCurvature: withoutCurvature(opened, isMoving),
      seed: options.seed,
      maxProducts: options.extremeSteps,
      memoryBytes: basisBytes,
      productError,
      onProduct: tell,
      signal,
    });
  } finally {
    await run?.leave();
    await others.dispose();
    await opened.objective.dispose();
  }
}

function isOfPath({ x, y }: { x: string; y: string }): boolean {
  return x.startsWith('pca/') && y.startsWith('pca/');
}

/** The options that the plane was measured with. */
function optionsOf({ options: asked }: PlaneOwner, names: { x: string; y: string }): ResolvedOptions {
  return isOfPath(names)
    ? reducedForPath(resolveOptions({ ...optionsOfCheckpoint(asked), testData: undefined }))
    : resolveOptions(asked);
}

function checkSame({ model, sha256, data }: PlaneOwner, read: ModelAndData): void {
  const changed = [...(read.model.sha256 === sha256 ? [] : ['model']), ...(read.data.sha256 === data ? [] : ['data'])];
  if (changed.length === 0) return;
  throw new UserError({
    what: `The ${changed.join(' and the ')} changed since this report was made, so a new point would not belong to its plane.`,
    where: [model],
    action: 'Run the analysis again, and measure points on the new plane.',
  });
}

/** The principal axes of the path, from the checkpoints that its plane was made of. */
async function axesOfPath(
  objective: Objective,
  read: ModelAndData,
  { owner, options, signal }: { owner: PlaneOwner; options: ResolvedOptions; signal?: AbortSignal },
): Promise<[Direction, Direction]> {
  const files = (owner.checkpoints ?? []).flatMap(({ file, isFinite }) => (isFinite ? [file] : []));
  const layout = layoutOf(read, objective.parameters, options.parameters);
  const readPoint = async (i: number): Promise<Float32Array> => (await readWeights(files[i], layout)).theta;
  const { axes } = await pathAxes(objective, files.length, readPoint, { signal });
  const [x, y] = axes;
  if (x && y) return [x, y];
  throw new UserError({
    what: 'The checkpoints no longer span the plane of this report.',
    where: files,
    action: 'Follow the training checkpoints again.',
  });
}

function withoutCurvature({ canDifferentiate, unsupported }: OpenedObjective, isMoving: boolean): string | null {
  if (!canDifferentiate) return unsupported ?? 'An operator of the model has no derivative.';
  return isMoving
    ? 'Running statistics of BatchNormalization move over this plane, and they have no derivatives.'
    : null;
}
