import type { Question, GroupAnswer } from './questions';

/** A question that is under way. */
export interface Asking {
  /** Fulfilled when the question has left this process; computing before that would hold it up. */
  sent: Promise<void>;
  answer: Promise<GroupAnswer>;
}

/** Answers questions for consecutive shards, wherever they are. */
export interface ShardGroup {
  /** Index of its first shard, and of the first one after it. */
  readonly range: readonly [number, number];
  ask(question: Question, signal?: AbortSignal): Asking;
}

/** Whether a question is about any shard of the range. */
export function concerns({ shards }: Question, [from, to]: ShardGroup['range']): boolean {
  return from < to && (!shards || (from < shards[1] && shards[0] < to));
}
