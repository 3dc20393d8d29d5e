import type { GroupAnswer, Question } from './questions';
import type { Asking, ShardGroup } from './shardGroup';
import { concerns } from './shardGroup';
import { SumTree } from './sumTree';

/**
 * Groups whose shards follow each other, as one group. The groups elsewhere are asked before this process computes its
 * own share. Where one fails, the others are stopped.
 * @param all number of shards of the data
 */
export function joinedGroups(own: ShardGroup, others: readonly ShardGroup[], all: number): ShardGroup {
  if (others.length === 0) return own;
  return {
    range: [own.range[0], others.at(-1)!.range[1]],
    ask(question, signal) {
      const stop = new AbortController();
      const stopped = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
      const elsewhere = others
        .filter(({ range }) => concerns(question, range))
        .map((group) => group.ask(question, stopped));
      const sent = Promise.all(elsewhere.map((asking) => asking.sent)).then(() => undefined);
      return { sent, answer: joined(own, question, { elsewhere, sent, all, stop, stopped }) };
    },
  };
}

interface Joining {
  elsewhere: readonly Asking[];
  sent: Promise<void>;
  all: number;
  stop: AbortController;
  stopped: AbortSignal;
}

async function joined(
  own: ShardGroup,
  question: Question,
  { elsewhere, sent, all, stop, stopped }: Joining,
): Promise<GroupAnswer> {
  const stopping = <T>(answer: Promise<T>): Promise<T> =>
    answer.catch((fault: unknown) => {
      stop.abort(fault);
      throw fault;
    });
  const here = stopping(sent.then(() => answerHere(own, question, stopped)));
  const settled = await Promise.allSettled([here, ...elsewhere.map(({ answer }) => stopping(answer))]);
  // The first error of any group, which is also why the others were stopped.
  stop.signal.throwIfAborted();
  const answers = settled.map((each) => (each as PromiseFulfilledResult<GroupAnswer>).value);
  const sums = new SumTree(all);
  for (const node of answers.flatMap(({ nodes }) => nodes)) sums.add(node);
  return { told: answers.flatMap(({ told }) => told), nodes: sums.parts };
}

async function answerHere(own: ShardGroup, question: Question, signal: AbortSignal): Promise<GroupAnswer> {
  return concerns(question, own.range) ? own.ask(question, signal).answer : { told: [], nodes: [] };
}
