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
/** Turns that a lane is given at once: it computes one while the next waits. */
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

interface Opened {
  engine: Engine;
  lanes: readonly BatchLane[];
  programs: LossPrograms;
}

/** Points that a lane measures in one turn. */
interface Turn {
  from: number;
  each: readonly Tensors[];
}

/**
 * Measures the points of lines and planes side by side, each on one thread, for networks whose operators are too small to
 * be split between threads. Starting the lanes takes as long as some hundred points of such a network. Therefore this
 * thread measures the first points alone, and the lanes start once it has spent about as long on points as starting them
 * takes. A program on one thread computes the same bits in any lane, so the figures do not depend on when that is.
 */
export class PointRuns {
  private alone: Opened | null = null;
  private sideBySide: Opened | null = null;
  private measured = 0;

  constructor(private readonly work: PointWork) {}

  /** Sums over all batches at each point. @param points the inputs that differ from point to point */
  async sums(points: readonly Tensors[], { fixed, piece, signal, onSums }: PointsAsked): Promise<Sums[]> {
    const { engine, lanes, programs } = this.opened(points.length);
    const program = await (piece ? programs.piece() : programs.plane());
    const totals: Sums[] = [];
    const told = new InOrder<Sums>((sums, index) => onSums?.(index, sums));
    const turns = turnsOf(points, lanes.length)[Symbol.iterator]();
    await inLanes(lanes, (lane, stopped) =>
      engine.withUploaded(fixed, lane.index, async (placed) => {
        const measure = async ({ from, each }: Turn) => {
          const found: Tensors[][] = [];
          for await (const { batch, data } of lane.first(this.work.batches.length, stopped, signal)) {
            found.push(await lane.residuals.runEach(batch, { ...data, ...placed }, each, program));
          }
          const sums = each.map((_, i) =>
            summed(
              found.map((ofBatch) => ofBatch[i]),
              1,
            ),
          );
          return { from, sums };
        };
        for await (const { from, sums } of inFlight(turns, lanes.length > 1 ? AHEAD : 1, measure)) {
          for (const [i, each] of sums.entries()) {
            totals[from + i] = each;
            told.add(from + i, each);
          }
        }
      }),
    );
    return totals;
  }

  async dispose(): Promise<void> {
    for (const opened of [this.alone, this.sideBySide]) {
      for (const lane of opened?.lanes ?? []) lane.clear();
      await opened?.engine.dispose();
    }
  }

  /** The lanes for `points` points. A single point stays in this thread. */
  private opened(points: number): Opened {
    this.measured += points;
    const { lanes, startAfter } = this.work;
    if (points > 1 && this.measured > startAfter) return (this.sideBySide ??= this.open(lanes));
    return (this.alone ??= this.open(1));
  }

  private open(lanes: number): Opened {
    const { graph, batches, keptBytes, programBytes, graphs } = this.work;
    const engine = new Engine({ provider: 'cpu', threads: 1, lanes, graphs });
    const tensors = batches.map((batch) => batch.tensors);
    return {
      engine,
      lanes: batchLanes(engine, tensors, keptBytes, 'whole'),
      programs: new LossPrograms(graph, engine, programBytes),
    };
  }
}

/** The points in turns of a few, which the lanes take one after another. */
function* turnsOf(points: readonly Tensors[], lanes: number): Generator<Turn> {
  const size = Math.min(MOST_TOGETHER, Math.ceil(points.length / (lanes * LEAST_TURNS)));
  for (let from = 0; from < points.length; from += size) yield { from, each: points.slice(from, from + size) };
}
