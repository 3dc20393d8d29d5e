import { Worker } from 'node:worker_threads';
import type { Tensor } from '../../graph/tensor';
import { DeviceError } from '../deviceError';
import type { Resident } from '../resident';
import type { Feeds, ProviderName, Session, SessionRequest } from '../runtime';
import { mapped } from '../runtime';
import type { FromLane, HeldThere, LaneCall, LaneCalls, LaneFeeds, LaneSetup } from './messages';
import { alone } from './sendable';

/** A call that waits for its answer. */
interface Waiting {
  resolve(answer: unknown): void;
  reject(fault: Error): void;
}

/**
 * A worker thread that runs sessions beside this thread and other lanes. The runtime blocks the calling thread and
 * distributes a small operator badly among its own threads: two batches side by side, each on one thread, take two thirds
 * of the time of one after the other on two.
 */
export class Lane {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private calls = 0;
  private ended: Error | null = null;

  constructor(program: string, setup: LaneSetup) {
    this.worker = new Worker(program, { workerData: setup });
    this.worker.on('message', (message: FromLane) => this.answered(message));
    this.worker.on('error', (fault) => this.end(fault));
    this.worker.on('exit', () => this.end(new Error('A lane has ended.')));
    // It keeps the process alive only while a call waits for its answer.
    this.worker.unref();
  }

  /** @throws Error with the runtime's message if the graph does not load */
  async open(request: SessionRequest): Promise<Session> {
    return new LaneSession(this, await this.call('open', request), request.provider);
  }

  /** Copies a tensor to the lane, to be fed repeatedly. */
  async hold(tensor: Tensor): Promise<Resident> {
    return new LaneTensor(this, { ...(await this.call('hold', alone(tensor))), bytes: tensor.data.byteLength });
  }

  call<C extends LaneCall>(call: C, ask: LaneCalls[C]['ask']): Promise<LaneCalls[C]['answer']> {
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.ended);
      const id = this.calls++;
      this.waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.worker.ref();
      this.worker.postMessage({ id, call, ask });
    });
  }

  drop({ held }: HeldThere): void {
    if (!this.ended) this.worker.postMessage({ drop: held });
  }

  async terminate(): Promise<void> {
    await this.worker.terminate();
  }

  private answered(message: FromLane): void {
    const { resolve, reject } = this.waiting.get(message.id)!;
    this.waiting.delete(message.id);
    if (this.waiting.size === 0) this.worker.unref();
    if ('fault' in message) reject(new Error(message.fault));
    else resolve(message.answer);
  }

  private end(fault: Error): void {
    this.ended ??= fault;
    for (const { reject } of this.waiting.values()) reject(this.ended);
    this.waiting.clear();
  }
}

/** A session in a lane. */
class LaneSession implements Session {
  constructor(
    private readonly lane: Lane,
    private readonly session: number,
    private readonly provider: ProviderName,
  ) {}

  run(feeds: Feeds): Promise<Record<string, Tensor>> {
    return this.answer('run', { session: this.session, feeds: mapped(feeds, sent) });
  }

  async runEach(shared: Feeds, each: readonly Feeds[]): Promise<Record<string, Tensor>[]> {
    const feeds = { feeds: mapped(shared, sent), each: each.map((own) => mapped(own, sent)) };
    return [...(await this.answer('runEach', { session: this.session, ...feeds }))];
  }

  async runResident(feeds: Feeds): Promise<Record<string, Resident>> {
    const results = await this.answer('runResident', { session: this.session, feeds: mapped(feeds, sent) });
    return mapped(results, (there) => new LaneTensor(this.lane, there));
  }

  async release(): Promise<void> {
    await this.lane.call('close', this.session);
  }

  private async answer<C extends 'run' | 'runEach' | 'runResident'>(
    call: C,
    ask: LaneCalls[C]['ask'],
  ): Promise<LaneCalls[C]['answer']> {
    try {
      return await this.lane.call(call, ask);
    } catch (fault) {
      throw this.provider === 'cpu' ? fault : new DeviceError(this.provider, fault as Error);
    }
  }
}

/** A tensor in a lane. */
class LaneTensor implements Resident {
  readonly bytes: number;
  private there: HeldThere | null;

  constructor(
    private readonly lane: Lane,
    { held, bytes }: HeldThere & { bytes: number },
  ) {
    this.bytes = bytes;
    this.there = { held };
  }

  /** The input of a session of the same lane. @throws Error if the tensor was disposed of, which is our fault */
  get fed(): HeldThere {
    if (!this.there) throw new Error('A tensor is read after it was disposed of.');
    return this.there;
  }

  get disposed(): boolean {
    return this.there === null;
  }

  read(): Promise<Tensor> {
    return this.lane.call('read', this.fed);
  }

  dispose(): void {
    if (this.there) this.lane.drop(this.there);
    this.there = null;
  }
}

function sent(feed: Tensor | Resident): LaneFeeds[string] {
  return feed instanceof LaneTensor ? feed.fed : alone(feed as Tensor);
}
