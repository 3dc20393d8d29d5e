import type { EngineOptions } from '../../engine/engine';
import { Engine } from '../../engine/engine';
import type { StoredGraphs } from '../../engine/storedGraphs';
import type { Tensor } from '../../graph/tensor';
import type { PointPlan } from '../resources/pointPlan';
import type { BatchLane } from './batchLane';
import { batchLanes, inLanes } from './batchLane';
import { summed } from './batchRuns';
import { inFlight } from './inFlight';
import { InOrder } from './inOrder';
import type { LossGraph } from './lossGraph';
import { LossPrograms } from './programs';
import type { WeightedBatch } from './span';
import type { Sums } from './weightedMeans';

type Tensors = Readonly<Record<string, Tensor>>;

/** Largest number of points that a lane is given at once, so that progress and cancellation are not held up. */
const MOST_TOGETHER = 8;
/** Least number of turns of each lane, so that all lanes end at about the same time. */
const LEAST_TURNS = 4;
/** Turns that a lane in another thread is given at once: it computes one while the next waits. */
const AHEAD = 2;

interface PointWork extends PointPlan {
  graph: LossGraph;
  batches: readonly WeightedBatch[];
  /** Bytes for the data and the residuals that the lanes keep. */
  keptBytes: number;
  programBytes: number;
  graphs: StoredGraphs | null;
}

interface PointsAsked {
  /** Inputs that are the same at every point. */
  fixed: Tensors;
  /** Whether the points lie on the smooth piece of θ. */
  piece?: boolean;
  signal?: AbortSignal;
  /** Receives the sums of each point as soon as they are known, in the order of the points. */
  onSums?: (index: number, sums: Sums) => void;
}

/** Lanes of one engine, and the programs that they run. */
interface Place {
  engine: Engine;
  lanes: readonly BatchLane[];
  programs: LossPrograms;
  /** Turns that a lane is given at once. */
  ahead: number;
}

/** Points that a lane measures in one turn. */
interface Turn {
  from: number;
  each: readonly Tensors[];
}

/**
 * Measures the points of lines and planes side by side, each on one thread, for networks whose operators are too small to
 * be split between threads. Starting the lanes takes as long as some hundred points of such a network. Therefore this
 * thread measures the first points alone, and the lanes help it once it has spent about as long on points as starting
 * them takes. A program on one thread computes the same bits in any lane, so the figures do not depend on when that is.
 */
export class PointRuns {
  private here: Place | null = null;
  private beside: Place | null = null;
  private measured = 0;

  constructor(private readonly work: PointWork) {}

  /** Sums over all batches at each point. @param points the inputs that differ from point to point */
  async sums(points: readonly Tensors[], { fixed, piece, signal, onSums }: PointsAsked): Promise<Sums[]> {
    signal?.throwIfAborted();
    const places = this.placesFor(points.length);
    const placeOf = new Map(places.flatMap((place, i) => place.lanes.map((lane) => [lane, i])));
    const lanes = [...placeOf.keys()];
    const totals: Sums[] = [];
    const told = new InOrder<Sums>((sums, index) => onSums?.(index, sums));
    let endTurns: (value: null) => void;
    const noTurnLeft = new Promise<null>((resolve) => (endTurns = resolve));
    const turns = turnsOf(points, lanes.length, () => endTurns(null));
    await inLanes(lanes, async (lane, stopped) => {
      const { engine, programs, ahead } = places[placeOf.get(lane)!];
      // A lane joins when it has started. If the points are measured by then, or another lane failed, nobody waits for it.
      stopped.addEventListener('abort', () => endTurns(null));
      const program = await Promise.race([piece ? programs.piece() : programs.plane(), noTurnLeft]);
      if (!program) return;
      await engine.withUploaded(fixed, lane.index, async (placed) => {
        const measure = async ({ from, each }: Turn) => {
          const found: Tensors[][] = [];
          for await (const { batch, data } of lane.first(this.work.batches.length, stopped, signal)) {
            found.push(await lane.residuals.runEach(batch, { ...data, ...placed }, each, program));
          }
          return { from, sums: each.map((_, k) => summedAt(found, k)) };
        };
        for await (const { from, sums } of inFlight(turns, ahead, measure)) {
          for (const [k, each] of sums.entries()) {
            totals[from + k] = each;
            told.add(from + k, each);
          }
        }
      });
    });
    return totals;
  }

  async dispose(): Promise<void> {
    for (const place of [this.here, this.beside]) {
      for (const lane of place?.lanes ?? []) lane.clear();
      await place?.engine.dispose();
    }
  }

  /** Where to measure `points` points. A single point stays in this thread. */
  private placesFor(points: number): Place[] {
    this.measured += points;
    const { lanes, startAfter } = this.work;
    this.here ??= this.open({}, 1);
    if (points === 1 || this.measured <= startAfter) return [this.here];
    this.beside ??= this.open({ lanes: lanes - 1, apart: true }, AHEAD);
    return [this.here, this.beside];
  }

  private open(options: Pick<EngineOptions, 'lanes' | 'apart'>, ahead: number): Place {
    const { graph, batches, keptBytes, programBytes, graphs } = this.work;
    const engine = new Engine({ provider: 'cpu', threads: 1, graphs, ...options });
    const tensors = batches.map((batch) => batch.tensors);
    const lanes = batchLanes(engine, tensors, keptBytes, 'whole');
    return { engine, lanes, programs: new LossPrograms(graph, engine, programBytes), ahead };
  }
}

/** The sums at point `k` of a turn. @param found by batch and point */
const summedAt = (found: readonly (readonly Tensors[])[], k: number): Sums =>
  summed(
    found.map((points) => points[k]),
    1,
  );

/** The points in turns of a few, which the lanes take one after another. @param onEnd called when no turn is left */
function* turnsOf(points: readonly Tensors[], lanes: number, onEnd: () => void): Generator<Turn> {
  const size = Math.min(MOST_TOGETHER, Math.ceil(points.length / (lanes * LEAST_TURNS)));
  for (let from = 0; from < points.length; from += size) yield { from, each: points.slice(from, from + size) };
  onEnd();
}
