import { Gang, serveShards } from '../../../src/cluster/gang/gang';
import type { OpenedShards } from '../../../src/cluster/gang/gang';
import type { Question } from '../../../src/cluster/gang/questions';
import { Rendezvous } from '../../../src/cluster/gang/rendezvous';
import type { ShardGroup } from '../../../src/cluster/gang/shardGroup';

/** One rank whose shard answers every product at once, with the vector it was given. */
async function main([rank, ranks, dim, products]: number[], meeting: string): Promise<void> {
  const own: ShardGroup = {
    range: [rank, rank + 1],
    ask: (question) => {
      const vectors = 'vectors' in question ? question.vectors.map((vector) => vector.slice()) : [];
      const nodes = [{ level: 0, index: rank, vectors }];
      return { sent: Promise.resolve(), answer: Promise.resolve({ told: [null], nodes }) };
    },
  };
  const facts = { rank, host: '', machine: '', device: '', same: {} };
  const opened: OpenedShards = { own, shards: ranks, facts };
  const place = { rank, ranks, meeting };
  if (rank > 0) return serveShards(place, () => Promise.resolve(opened));
  const at = await Rendezvous.at(meeting);
  await at.makeToken();
  const gang = await Gang.reach(place, at, opened);
  const vectors = [new Float32Array(dim).fill(1)];
  const question: Question = {
    ask: 'products',
    kind: 'hessian',
    vectors,
    at: null,
    nudge: null,
    first: null,
    shards: null,
  };
  await gang.group.ask(question).answer;
  const bytesSoFar = () => gang.below.reduce((sum, { traffic }) => sum + traffic.sentBytes + traffic.receivedBytes, 0);
  const [bytes, started, cpu] = [bytesSoFar(), performance.now(), process.cpuUsage()];
  for (let i = 0; i < products; i++) {
    const { nodes } = await gang.group.ask(question).answer;
    if (nodes[0].vectors[0][0] !== ranks) throw new Error('The sum is wrong.');
  }
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - started) / 1000;
  process.send!({ bytes: bytesSoFar() - bytes, seconds, cpuSeconds: (user + system) / 1e6 });
  await gang.leave();
}

const [rank, ranks, meeting, dim, products] = process.argv.slice(2);
void main([rank, ranks, dim, products].map(Number), meeting).then(() => setTimeout(() => process.exit(), 100));
