import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Question } from './questions';
import type { RankFacts } from './rankFacts';
import { checkSame, toldRanks } from './rankFacts';
import { RankServer } from './rankServer';
import { RemoteRank } from './remoteRank';
import { Rendezvous } from './rendezvous';
import type { ShardGroup } from './shardGroup';

const FACTS: RankFacts = { rank: 1, host: 'n2', machine: 'linux', device: 'CPU', same: { model: 'a', data: 'b' } };
const QUESTION: Question = {
  ask: 'products',
  kind: 'hessian',
  vectors: [Float32Array.from({ length: 400_000 }, (_, i) => i / 7)],
  at: null,
  nudge: null,
  first: null,
  shards: null,
};

let stop: (() => void)[] = [];
afterEach(() => {
  for (const each of stop) each();
  stop = [];
});

/** Serves a group in this process, at its own address. */
async function served(ask: ShardGroup['ask']) {
  const group: ShardGroup = { range: [1, 2], ask };
  const { server, port } = await RankServer.start(
    Promise.resolve({ group, facts: [FACTS] }),
    Promise.resolve('secret'),
    0,
  );
  stop.push(() => server.stop());
  const connect = (token = 'secret') =>
    RemoteRank.connect(1, { host: 'n2', names: ['localhost'], port }, { range: [1, 2], token });
  return { server, connect };
}

const doubled: ShardGroup['ask'] = (question) => {
  const [vector] = (question as typeof QUESTION & { vectors: Float32Array[] }).vectors;
  const vectors = [vector.map((value) => 2 * value)];
  return {
    sent: Promise.resolve(),
    answer: Promise.resolve({ told: [null], nodes: [{ level: 0, index: 1, vectors }] }),
  };
};

it('answers with vectors of any length, as often as it is asked', async () => {
  const { server, connect } = await served(doubled);
  const remote = await connect();
  expect(remote.facts).toEqual([FACTS]);
  const answers = await Promise.all([1, 2, 3].map(() => remote.ask(QUESTION).answer));
  for (const { nodes } of answers) {
    expect(nodes[0].vectors[0][399_999]).toBe(2 * Math.fround(399_999 / 7));
  }
  expect(remote.traffic.sentBytes / (3 * 1_600_000)).toBeCloseTo(1, 3);
  await remote.leave();
  await server.ended;
});

it('answers no one who does not know the token of the run', async () => {
  const { connect } = await served(doubled);
  await expect(connect('guessed')).rejects.toThrow(/token of this run/);
});

it('passes on what went wrong, and that a question is withdrawn', async () => {
  let withdrawn: Promise<void> | undefined;
  const { connect } = await served((question, signal) => {
    if (question.ask !== 'products') {
      return { sent: Promise.resolve(), answer: Promise.reject(new Error('out of memory in «fc1»')) };
    }
    withdrawn = new Promise((resolve) => signal!.addEventListener('abort', () => resolve()));
    return { sent: Promise.resolve(), answer: new Promise(() => undefined) };
  });
  const remote = await connect();
  await expect(remote.ask({ ask: 'insideBatches', first: null, shards: null }).answer).rejects.toThrow(
    'Rank 1 on n2: out of memory in «fc1»',
  );
  const controller = new AbortController();
  const { sent, answer } = remote.ask(QUESTION, controller.signal);
  await sent;
  while (!withdrawn) await new Promise((resolve) => setImmediate(resolve));
  controller.abort();
  await expect(answer).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }) as Error);
  await withdrawn;
  await remote.leave();
});

it('is lost with its process, and with it every question', async () => {
  const { server, connect } = await served(() => ({ sent: Promise.resolve(), answer: new Promise(() => undefined) }));
  const remote = await connect();
  const { answer, sent } = remote.ask(QUESTION);
  await sent;
  server.stop();
  await expect(answer).rejects.toThrow(/Rank 1 was lost/);
  await expect(remote.lost).rejects.toThrow(/Rank 1 was lost/);
});

it('ends with an error where the rank above is gone', async () => {
  const { server, connect } = await served(doubled);
  const remote = await connect();
  remote.drop();
  await expect(server.ended).rejects.toThrow(/Rank 0 was lost/);
});

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-meeting-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('meets others through files that no one else can read', async () => {
  const [here, there] = [await Rendezvous.at(join(folder, 'm')), await Rendezvous.at(join(folder, 'm'))];
  const waiting = [there.token(), there.addressOf(3)] as const;
  const token = await here.makeToken();
  await here.tell(3, 4711);
  expect(await waiting[0]).toBe(token);
  expect((await waiting[1]).port).toBe(4711);
  for (const name of ['', 'token', 'rank-3.json']) {
    expect((await stat(join(folder, 'm', name))).mode & 0o077).toBe(0);
  }
  await expect(there.addressOf(4, AbortSignal.abort())).rejects.toThrow();
});

it('is refused where it reads other data', () => {
  const other = { ...FACTS, rank: 2, same: { ...FACTS.same, data: 'c' } };
  expect(() => checkSame(FACTS, [FACTS])).not.toThrow();
  expect(() => checkSame(FACTS, [FACTS, other])).toThrow(/Rank 2 has another data than rank 0: c instead of b/);
  expect(toldRanks([FACTS, { ...other, host: 'n3', device: 'GPU' }])).toBe(
    'Measured by 2 ranks on n2 and n3. Their devices differ (CPU; GPU), so another run may round the last digits otherwise.',
  );
});
