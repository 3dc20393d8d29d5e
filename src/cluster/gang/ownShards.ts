import type { Shard } from '../../objective/shards';
import type { BatchGradient, GroupAnswer, Question, Told } from './questions';
import type { ShardGroup } from './shardGroup';
import { SumTree } from './sumTree';

/**
 * The shards of this process, which answer one after the other.
 * @param first index of the first of them
 * @param all number of shards of the data
 */
export function ownShards(own: readonly Shard[], first: number, all: number): ShardGroup {
  return {
    range: [first, first + own.length],
    ask: (question, signal) => ({ sent: Promise.resolve(), answer: answered(own, first, all, question, signal) }),
  };
}

async function answered(
  own: readonly Shard[],
  first: number,
  all: number,
  question: Question,
  signal?: AbortSignal,
): Promise<GroupAnswer> {
  const told: Told[Question['ask']][] = [];
  const sums = new SumTree(all);
  const [from, to] = question.shards ?? [0, all];
  for (const [i, shard] of own.entries()) {
    if (first + i < from || first + i >= to) continue;
    const asked = question.first === null ? shard : shard.first(question.first);
    if (!asked) continue;
    signal?.throwIfAborted();
    const answer = await answerOf(asked, question, signal);
    told.push(answer.told);
    if (answer.vectors) sums.add({ level: 0, index: first + i, vectors: answer.vectors });
  }
  return { told, nodes: sums.parts };
}

interface ShardAnswer {
  told: Told[Question['ask']];
  vectors?: Float32Array[];
}

async function answerOf(shard: Shard, question: Question, signal?: AbortSignal): Promise<ShardAnswer> {
  const at = 'at' in question ? (question.at ?? undefined) : undefined;
  switch (question.ask) {
    case 'sums':
      return { told: await shard.sums({ at, signal }) };
    case 'planeSums': {
      const { d1, d2, points, piece } = question;
      return { told: await shard.planeSums(d1, d2, points, { piece, signal }) };
    }
    case 'gradient': {
      const told: BatchGradient[] = [];
      const onBatch = (gradient: Float32Array, samples: number) =>
        told.push({ gradient: Float32Array.from(gradient), samples });
      const gradient = await shard.gradient({ at, signal, ...(question.batches ? { onBatch } : {}) });
      return { told, vectors: [gradient] };
    }
    case 'products': {
      const { kind, vectors, nudge } = question;
      return { told: null, vectors: await shard.products(kind, vectors, { at, signal, nudge: nudge ?? undefined }) };
    }
    case 'sampleFigures':
      return { told: await shard.sampleFigures(question.kind, question.vectors, { at, signal }) };
    case 'perSample':
      return { told: await shard.perSample({ at, signal }) };
    case 'deviations':
      return { told: await shard.deviations(question.gradient, question.most, signal) };
    case 'insideBatches':
      return { told: await shard.insideBatches({ signal }) };
  }
}
