import { timingSafeEqual } from 'node:crypto';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { UserError } from '../../errors';
import { LostRankError } from './lostRank';
import type { Question } from './questions';
import type { RankFacts } from './rankFacts';
import { CHANNEL_OPTIONS, GANG, receive, send, tokenOf } from './service';
import type { ShardGroup } from './shardGroup';

type Stream = ServerDuplexStream<Buffer, Buffer>;

/** What a rank serves: its own shards with those of the ranks below it. */
export interface Served {
  group: ShardGroup;
  /** Of this rank and those below it. */
  facts: readonly RankFacts[];
}

/** Serves a group of shards to the rank above. */
export class RankServer {
  /** Fulfilled when the rank above ends the run; rejected when it is gone. */
  readonly ended: Promise<void>;
  /** Fulfilled when the rank above knows whether this one can be asked. */
  readonly told: Promise<void>;
  /** Fulfilled when the rank above is there. */
  readonly met: Promise<void>;
  private hasTold!: () => void;
  private hasMet!: () => void;
  private end!: () => void;
  private fail!: (fault: unknown) => void;
  private readonly server = new Server(CHANNEL_OPTIONS);
  private attended = false;

  private constructor(
    private readonly served: Promise<Served>,
    private readonly token: Promise<string>,
    private readonly above: number,
  ) {
    this.ended = new Promise((resolve, reject) => {
      this.end = resolve;
      this.fail = reject;
    });
    this.told = new Promise((resolve) => (this.hasTold = resolve));
    this.met = new Promise((resolve) => (this.hasMet = resolve));
    // Whoever waits for it hears of it; until then it must not end the process.
    this.ended.catch(() => undefined);
    this.server.addService(GANG, {
      ask: (call: Stream) => void this.answer(call).catch((fault: unknown) => fails(call, fault)),
      attend: (call: Stream) => void this.attend(call).catch((fault: unknown) => fails(call, fault)),
    });
  }

  /** @param above the rank that asks */
  static async start(
    served: Promise<Served>,
    token: Promise<string>,
    above: number,
  ): Promise<{ server: RankServer; port: number }> {
    const server = new RankServer(served, token, above);
    const port = await server.listen('[::]:0').catch(() => server.listen('0.0.0.0:0'));
    return { server, port };
  }

  stop(): void {
    this.server.forceShutdown();
  }

  private listen(address: string): Promise<number> {
    return new Promise((resolve, reject) =>
      this.server.bindAsync(address, ServerCredentials.createInsecure(), (fault, port) =>
        fault ? reject(fault) : resolve(port),
      ),
    );
  }

  /** @throws if the caller does not know the token of the run */
  private async check(call: Stream): Promise<void> {
    const [known, told] = [await this.token, tokenOf(call.metadata)].map((token) => Buffer.from(token));
    if (known.length === told.length && timingSafeEqual(known, told)) return;
    throw Object.assign(new Error('The token of this run is another one.'), { code: status.UNAUTHENTICATED });
  }

  private async answer(call: Stream): Promise<void> {
    const stop = new AbortController();
    call.on('cancelled', () => stop.abort());
    call.on('error', () => stop.abort());
    await this.check(call);
    const [{ message }, { group }] = await Promise.all([receive(call), this.served]);
    const answer = await group.ask(message as Question, stop.signal).answer;
    await send(call, answer, stop.signal);
    call.end();
  }

  private async attend(call: Stream): Promise<void> {
    call.on('error', () => undefined);
    await this.check(call);
    if (this.attended) throw new Error('Another process asks this rank already.');
    this.attended = true;
    this.hasMet();
    const over = new Promise<void>((resolve, reject) => {
      // The other side says when it is done, since a call that breaks may end like one that is over.
      call.on('data', () => resolve());
      const gone = () => reject(new LostRankError(this.above, call.getPeer(), null));
      call.on('end', gone);
      call.on('cancelled', gone);
    });
    over.then(this.end, this.fail);
    try {
      const { facts } = await this.served;
      await send(call, facts, new AbortController().signal);
    } finally {
      this.hasTold();
    }
    await over;
    call.end();
  }
}

/** Tells the caller what went wrong, in one sentence. */
function fails(call: Stream, fault: unknown): void {
  if (call.cancelled) return;
  const { code = status.INTERNAL } = fault as { code?: number };
  const details = fault instanceof UserError || fault instanceof Error ? fault.message : String(fault);
  call.emit('error', { code, details });
}
