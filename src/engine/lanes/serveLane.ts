import type { MessagePort } from 'node:worker_threads';
import { HeldTensor } from '../resident';
import type { Feeds, RuntimeSession as Session } from '../runtime';
import { mapped, RuntimeSession } from '../runtime';
import type { GraphSource } from '../storedGraphs';
import type { LaneCall, LaneCalls, LaneFeeds, ToLane } from './messages';
import { alone } from './sendable';

/** Answers the calls of `Lane` in this thread, each with its result or its error. */
export function serveLane(port: MessagePort, graphs: () => Promise<GraphSource | null>): void {
  const sessions = new Map<number, Session>();
  const held = new Map<number, HeldTensor>();
  let last = 0;

  const keep = (tensor: HeldTensor) => {
    held.set(++last, tensor);
    return { held: last };
  };
  const drop = (number: number) => {
    held.get(number)?.dispose();
    held.delete(number);
  };
  const heldAt = (number: number) => {
    const tensor = held.get(number);
    if (!tensor) throw new Error('A tensor is read after it was disposed of.');
    return tensor;
  };
  const given = (feeds: LaneFeeds): Feeds => mapped(feeds, (feed) => ('held' in feed ? heldAt(feed.held) : feed));

  const calls: { [C in LaneCall]: (ask: LaneCalls[C]['ask']) => Promise<LaneCalls[C]['answer']> } = {
    async open(request) {
      const session = ++last;
      sessions.set(session, await RuntimeSession.of(request, { graphs: await graphs() }));
      return session;
    },
    async run({ session, feeds }) {
      return mapped(await sessions.get(session)!.run(given(feeds)), alone);
    },
    async runEach({ session, feeds, each }) {
      const results = await sessions.get(session)!.runEach(given(feeds), each.map(given));
      return results.map((result) => mapped(result, alone));
    },
    async runResident({ session, feeds }) {
      const results = await sessions.get(session)!.runResident(given(feeds));
      return mapped(results, (tensor) => ({ ...keep(tensor), bytes: tensor.bytes }));
    },
    async close(session) {
      await sessions.get(session)!.release();
      sessions.delete(session);
      return null;
    },
    hold: (tensor) => Promise.resolve(keep(HeldTensor.of(tensor))),
    read: async ({ held: number }) => alone(await heldAt(number).read()),
  };

  port.on('message', (message: ToLane) => {
    if ('drop' in message) return drop(message.drop);
    const { id, call, ask } = message;
    const answering = (calls[call] as (ask: unknown) => Promise<unknown>)(ask);
    answering.then(
      (answer) => port.postMessage({ id, answer }),
      (fault: unknown) => port.postMessage({ id, fault: fault instanceof Error ? fault.message : String(fault) }),
    );
  });
}
