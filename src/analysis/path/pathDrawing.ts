import { withWeightDecay } from '../../objective/layers/weightDecay';
import { layoutOf, readWeights } from '../../objective/open/otherWeights';
import { openObjective } from '../../objective/open/openObjective';
import { readModelAndData } from '../../objective/open/readModelAndData';
import type { AnalysisOptions } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import type { Progress } from '../../protocol/worker';
import type { Plane } from '../../report/report';
import type { Checkpoint, PathPca } from '../../report/sections/path';
import { openCache, storedGraphs, threadWish } from '../analyze';
import type { AnalyzeHooks } from '../analyze';
import { analysisKey } from '../keep/analysisKey';
import { fingerprint } from '../../journal/fingerprint';
import { beginKept } from '../keep/beginKept';
import type { Kept } from '../keep/kept';
import type { CheckpointFile } from './checkpointFiles';
import { drawPath } from './drawPath';
import type { DrawnPath } from './drawPath';
import { optionsOfCheckpoint, reducedForPath } from './reduced';

export interface FollowHooks extends Pick<
  AnalyzeHooks,
  'signal' | 'onProgress' | 'onPartial' | 'cache' | 'onNote' | 'finished'
> {
  /** Checkpoints to leave out, because another machine failed to measure them. */
  without?: ReadonlySet<string>;
}

interface DrawHooks {
  report: (progress: Progress) => void;
  onPlane: (pca: PathPca | null, plane: Plane) => void;
}

const STAGE = 'Plane of the path';

/** Draws the path in the loss of its last finite checkpoint. What was measured of it is kept for a run that continues. */
export class PathDrawing {
  constructor(
    private readonly files: readonly CheckpointFile[],
    private readonly isFinite: readonly boolean[],
    private readonly asked: AnalysisOptions,
    private readonly hooks: FollowHooks,
  ) {}

  async draw(checkpoints: readonly Checkpoint[], { report, onPlane }: DrawHooks): Promise<DrawnPath> {
    const { asked, hooks, files } = this;
    const { signal, onNote: tell = () => undefined } = hooks;
    const finite = files.flatMap((_, i) => (this.isFinite[i] ? [i] : []));
    const model = files[finite[finite.length - 1]].path;
    const options = reducedForPath(resolveOptions({ ...optionsOfCheckpoint(asked), testData: undefined }));
    const [{ xRange, tolerance }] = resolveOptions({ ...asked, plane: undefined }).planes;
    const read = await readModelAndData(model, options);
    const cache = hooks.cache === undefined ? null : await openCache(hooks.cache, asked, tell);
    const graphs = cache && !asked.fresh ? await storedGraphs(cache) : null;
    const opened = await openObjective(model, options, {
      signal,
      read,
      graphs,
      threads: await threadWish(cache, read, options),
    });
    const { objective } = opened;
    let run: Kept | null = null;
    try {
      if (cache) {
        const key = fingerprint([
          'path',
          await analysisKey(read, options),
          [...checkpoints.map(({ sha256 }) => sha256 ?? ''), xRange.steps, tolerance ?? null],
        ]).toString('hex');
        // The analyses of the checkpoints have said whether anything is kept.
        const keeping = { cache, key, fresh: asked.fresh ?? false, tell: () => undefined };
        run = await beginKept(opened, keeping, { started: '', planned: 0 });
      }
      const layout = layoutOf(read, objective.parameters, options.parameters);
      const decayed = withWeightDecay(run?.objective ?? objective, options.weightDecay);
      const points = {
        read: async (i: number) => (await readWeights(files[i].path, layout)).theta,
        finite,
        count: files.length,
      };
      return await drawPath(decayed, points, {
        steps: xRange.steps,
        tolerance,
        signal,
        report: (fraction, detail) => report({ stage: STAGE, fraction, ...(detail === undefined ? {} : { detail }) }),
        onPlane,
      });
    } finally {
      await run?.leave();
      await objective.dispose();
    }
  }
}
