import { Client, credentials, status } from '@grpc/grpc-js';
import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { LostRankError } from './lostRank';
import type { GroupAnswer, Question } from './questions';
import type { RankFacts } from './rankFacts';
import type { RankAddress } from './rendezvous';
import { CHANNEL_OPTIONS, GANG, receive, send, withToken } from './service';
import type { Asking, ShardGroup } from './shardGroup';

type Stream = ClientDuplexStream<Buffer, Buffer>;

/** How long a name of the other machine may take to answer, before the next one is tried. */
const CONNECT_MS = 5_000;

/** Says that the run is done. */
const DONE = Buffer.of(1);

/** Bytes and time spent on the network, for those who ask what it costs. */
export interface Traffic {
  sentBytes: number;
  receivedBytes: number;
}

/** Another rank, with all below it. */
export class RemoteRank implements ShardGroup {
  /** Rejects when the rank is lost before the run has ended. */
  readonly lost: Promise<never>;
  readonly traffic: Traffic = { sentBytes: 0, receivedBytes: 0 };
  private leaving = false;

  private constructor(
    readonly range: readonly [number, number],
    /** Of the rank and of those below it. */
    readonly facts: readonly RankFacts[],
    private readonly client: Client,
    private readonly attending: Stream,
    private readonly token: string,
    private readonly lostAs: (cause: unknown) => Error,
  ) {
    this.lost = new Promise((_, reject) => {
      const gone = (cause?: unknown) => {
        if (!this.leaving) reject(lostAs(cause));
      };
      attending.on('error', gone);
      attending.on('end', () => gone());
    });
    this.lost.catch(() => undefined);
  }

  /** Connects to a rank and waits until it can be asked. */
  static async connect(
    rank: number,
    { host, names, port }: RankAddress,
    { range, token, signal }: { range: readonly [number, number]; token: string; signal?: AbortSignal },
  ): Promise<RemoteRank> {
    const lostAs = (cause: unknown) =>
      isOwnFault(cause) ? faultOf(rank, host, cause) : new LostRankError(rank, host, cause);
    let fault: unknown;
    for (const name of names) {
      const client = new Client(`${name}:${port}`, credentials.createInsecure(), CHANNEL_OPTIONS);
      try {
        await ready(client);
        const attending = open(client, 'attend', token);
        const facts = (await untilAborted(receive(attending), signal)).message as RankFacts[];
        return new RemoteRank(range, facts, client, attending, token, lostAs);
      } catch (error) {
        client.close();
        signal?.throwIfAborted();
        fault = error;
        // Another machine may have this name, or another process this port.
        if (!isUnreachable(error)) break;
      }
    }
    throw lostAs(fault);
  }

  ask(question: Question, signal?: AbortSignal): Asking {
    const call = open(this.client, 'ask', this.token);
    const stop = new AbortController();
    const cancel = () => {
      stop.abort(signal?.reason);
      call.cancel();
    };
    signal?.addEventListener('abort', cancel, { once: true });
    call.on('error', () => stop.abort());
    const sent = send(call, question, stop.signal).then((bytes) => {
      call.end();
      this.traffic.sentBytes += bytes;
    });
    // The answer tells why a question could not be sent.
    const answer = this.answerOf(call, signal).finally(() => signal?.removeEventListener('abort', cancel));
    answer.catch(() => undefined);
    return { sent: sent.catch(() => undefined), answer };
  }

  /** Ends the run of this rank and of those below it, and waits until they know. */
  async leave(): Promise<void> {
    this.leaving = true;
    const known = new Promise<void>((resolve) => {
      this.attending.on('end', resolve);
      this.attending.on('error', () => resolve());
    });
    this.attending.end(DONE);
    await known;
    this.client.close();
  }

  /** Drops the connection, which ends the process at its other end. */
  drop(): void {
    this.leaving = true;
    this.attending.cancel();
    this.client.close();
  }

  private async answerOf(call: Stream, signal?: AbortSignal): Promise<GroupAnswer> {
    try {
      const { message, bytes } = await receive(call);
      this.traffic.receivedBytes += bytes;
      return message as GroupAnswer;
    } catch (fault) {
      signal?.throwIfAborted();
      throw this.lostAs(fault);
    }
  }
}

function open(client: Client, name: keyof typeof GANG, token: string): Stream {
  const { path, requestSerialize, responseDeserialize } = GANG[name];
  return client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, withToken(token));
}

function ready(client: Client): Promise<void> {
  return new Promise((resolve, reject) =>
    client.waitForReady(Date.now() + CONNECT_MS, (fault) => (fault ? reject(fault) : resolve())),
  );
}

/** Waits no longer than until the signal aborts. */
function untilAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

const codeOf = (fault: unknown) => (fault as Partial<ServiceError> | undefined)?.code;
const isUnreachable = (fault: unknown) => codeOf(fault) !== status.INTERNAL;
/** Whether the rank is there and tells what went wrong. */
const isOwnFault = (fault: unknown): fault is ServiceError => {
  const code = codeOf(fault);
  return (
    code === status.INTERNAL &&
    (fault as ServiceError).details !== '' &&
    !/RST_STREAM/.test((fault as ServiceError).details)
  );
};

function faultOf(rank: number, host: string, { details }: ServiceError): Error {
  return new Error(`Rank ${rank} on ${host}: ${details}`);
}
