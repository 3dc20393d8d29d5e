import type {
  Displacement,
  GradientAsked,
  LossValue,
  Objective,
  PlanePoint,
  SampleAnswers,
} from '../../objective/objective';
import type { ShardSums, SampleFigures, Whole } from '../../objective/shards';
import { batchesOf } from './cutShards';
import { joinedAnswers } from './joinedAnswers';
import { joinedNumbers } from './joinedNumbers';
import type { GroupAnswer, Question, Told } from './questions';
import type { ShardGroup } from './shardGroup';
import { SumTree } from './sumTree';

/** Points of a plane that are asked at once, so that one message with two directions serves many points. */
const POINTS = 16;
/** Largest number of bytes of gradients of single batches that are asked for at once. */
const BATCH_GRADIENT_BYTES = 2 ** 30;

export interface Sharding {
  /** Number of shards. The sums depend on it, and on nothing else about who computes them. */
  shards: number;
  /** Number of batches of all data. */
  batches: number;
  /** Resolves when all shards can be asked. */
  group: Promise<ShardGroup>;
}

type Asked<Ask extends Question['ask']> = Omit<Extract<Question, { ask: Ask }>, 'ask' | 'first' | 'shards'>;

/**
 * An objective that has its data in shards, which other processes may hold. It asks all shards each question and adds
 * up what they tell, sums in float64 and in an order that the number of shards alone decides.
 */
export function shardedObjective(whole: Whole, sharding: Sharding, first: number | null = null): Objective {
  const { dim, parameters, theta, samples, block, overlapping, dispose } = whole;
  const present = presentShards(sharding, first);
  const ask = async <Ask extends Question['ask']>(
    kind: Ask,
    asked: Asked<Ask>,
    { signal, shards = null }: { signal?: AbortSignal; shards?: [number, number] | null },
  ): Promise<GroupAnswer<Ask>> => {
    signal?.throwIfAborted();
    const question = { ask: kind, first, shards, ...asked } as unknown as Question;
    const group = await sharding.group;
    return (await group.ask(question, signal).answer) as GroupAnswer<Ask>;
  };
  const vectorsOf = (answers: readonly GroupAnswer[]): Float32Array[] => {
    const sums = new SumTree(present);
    for (const node of answers.flatMap(({ nodes }) => nodes)) sums.add(node);
    return sums.total;
  };
  return {
    dim,
    parameters,
    theta,
    samples,
    block,
    overlapping,
    dispose,
    async value({ at, signal } = {}) {
      const { told } = await ask('sums', { at: placeOf(at) }, { signal });
      return whole.valueOf(totalOf(told));
    },
    async gradient({ at, signal, onBatch }: GradientAsked = {}) {
      const asked = { at: placeOf(at), batches: onBatch !== undefined };
      const answers: GroupAnswer[] = [];
      for (const shards of onBatch ? askedAtOnce(sharding, dim) : [null]) {
        const answer = await ask('gradient', asked, { signal, shards });
        for (const { gradient, samples: count } of answer.told.flat()) onBatch?.(gradient, count);
        answers.push({ told: [], nodes: answer.nodes });
      }
      return vectorsOf(answers)[0];
    },
    async products(kind, vectors, { at, nudge = null, signal } = {}) {
      if (vectors.length === 0) return [];
      return vectorsOf([await ask('products', { kind, vectors, nudge, at: placeOf(at) }, { signal })]);
    },
    async curvatures(kind, vectors, { at, signal } = {}) {
      const { told } = await ask('sampleFigures', { kind, vectors, at: placeOf(at) }, { signal });
      return vectors.map((_, i) => whole.curvatureOf(joinedFigures(told.map((figures) => figures[i]))));
    },
    async perSample({ at, signal } = {}) {
      const { told } = await ask('perSample', { at: placeOf(at) }, { signal });
      return told.every(isKnown) ? joinedAnswers(told as SampleAnswers[]) : null;
    },
    async deviations(gradient, most, signal) {
      const { told } = await ask('deviations', { gradient, most }, { signal });
      return told.every(isKnown) ? joinedNumbers(told as Float64Array[]) : null;
    },
    async inside({ signal } = {}) {
      const { told } = await ask('insideBatches', {}, { signal });
      return told.every(isKnown) ? whole.insideFrom((told as Float32Array[][]).flat()) : null;
    },
    async plane(d1, d2, points, { piece = false, onPoint, signal } = {}) {
      const values: LossValue[] = [];
      for (const some of inGroups(points, POINTS)) {
        const { told } = await ask('planeSums', { d1, d2, points: some, piece }, { signal });
        for (const k of some.keys()) {
          const value = lossOf(whole.valueOf(totalOf(told.map((sums: Told['planeSums']) => sums[k]))));
          values.push(value);
          onPoint?.(values.length - 1, value);
        }
      }
      return values;
    },
    preview(batches) {
      const part = whole.preview(batches);
      return part && shardedObjective(part, sharding, batches);
    },
  };
}

/** Number of shards that have any of the first batches. */
function presentShards({ shards, batches }: Sharding, first: number | null): number {
  if (first === null) return shards;
  return Array.from({ length: shards }, (_, s) => batchesOf(s, { shards, batches })[0]).filter((from) => from < first)
    .length;
}

/** All shards at once, or one after the other where the gradients of their batches would take too much memory. */
function askedAtOnce({ shards, batches }: Sharding, dim: number): [number, number][] {
  if (batches * dim * Float32Array.BYTES_PER_ELEMENT <= BATCH_GRADIENT_BYTES) return [[0, shards]];
  return Array.from({ length: shards }, (_, s) => [s, s + 1]);
}

const lossOf = ({ loss, accuracy, rSquared }: LossValue): LossValue => ({
  loss,
  accuracy,
  ...(rSquared === undefined ? {} : { rSquared }),
});

/** Adds the sums of all shards, in their order. */
function totalOf(shards: readonly ShardSums[]): ShardSums {
  const totals: Record<string, number> = {};
  for (const [name, value] of shards.flatMap((sums) => Object.entries(sums)))
    totals[name] = (totals[name] ?? 0) + value;
  return totals;
}

function joinedFigures(shards: readonly SampleFigures[]): SampleFigures {
  const of = (name: keyof SampleFigures) => joinedNumbers(shards.map((figures) => figures[name]));
  return { slopes: of('slopes'), curvatures: of('curvatures'), moves: of('moves'), bends: of('bends') };
}

function* inGroups(points: readonly PlanePoint[], most: number): Generator<readonly PlanePoint[]> {
  for (let i = 0; i < points.length; i += most) yield points.slice(i, i + most);
}

const placeOf = (at?: Displacement): Displacement | null => at ?? null;
const isKnown = <T>(told: T | null): told is T => told !== null;
