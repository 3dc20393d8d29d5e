import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  CancellationTokenSource,
  createMessageConnection,
  ErrorCodes,
  IPCMessageReader,
  IPCMessageWriter,
  ResponseError,
} from 'vscode-jsonrpc/node';
import type { MessageConnection, RequestParam, RequestType } from 'vscode-jsonrpc/node';
import { AnalyzeNote, AnalyzePartial, AnalyzeProgress } from '../protocol/worker';
import type { AnalysisNote, Failure, Progress } from '../protocol/worker';
import type { Report } from '../report/report';
import { withWarmMemory } from '../options/warmMemory';
import { shownSentence, shownThroughout } from '../foreignText';

/** A request ended without a result. `failure` tells the user why. */
export class RequestFailure extends Error {
  constructor(readonly failure: Failure) {
    super(failure.what);
    this.name = 'RequestFailure';
  }
}

export interface RequestHooks {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  onPartial?: (report: Report) => void;
  onNote?: (note: AnalysisNote) => void;
  /** Replaces the `patienceMs` of the client, for work that ends by itself after a cancellation but must tidy up. */
  patienceMs?: number;
}

export interface EngineClientOptions {
  /** Path of `dist/worker.js`. */
  script: string;
  /** Receives everything that the worker prints, line by line. */
  log: (line: string) => void;
  /** Time that a cancelled request has to end by itself. Only the end of its process can stop a run of the graph. */
  patienceMs?: number;
  /** Time after which an idle worker is ended, which frees its memory and the GPU. */
  idleMs?: number;
  /** Rewrites a failure in words of the place where it is read. Default: as the command line says it. */
  reworded?: (failure: Failure) => Failure;
  /** Rewrites notes and answers other than reports, in the same way. A report is rewritten where it is shown. */
  spoken?: <T>(told: T) => T;
}

/** A running worker process. */
interface Engine {
  child: ChildProcess;
  connection: MessageConnection;
  /** The hooks of the request in progress. */
  hooks: RequestHooks;
  /** The last lines that the process wrote to stderr, which may explain its end. */
  lastWords: string[];
  /** True when the client ended the process itself, so that its exit is not reported. */
  dismissed: boolean;
  /** Resolves when the process is gone. */
  gone: Promise<{ code: number | null; signal: NodeJS.Signals | null; error?: Error }>;
}

/**
 * Sends requests to the worker process, one after the other. Starts the process with the first request. If the process
 * dies, its current request fails with an explanation, and the next request starts another process.
 */
export class EngineClient {
  private readonly options: Required<EngineClientOptions>;
  private engine: Engine | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private idle: NodeJS.Timeout | undefined;
  private disposed = false;

  constructor(options: EngineClientOptions) {
    this.options = {
      patienceMs: 300,
      idleMs: 120_000,
      reworded: (failure) => failure,
      spoken: (told) => told,
      ...options,
    };
  }

  /** True while a request runs or waits. */
  get busy(): boolean {
    return this.waiting > 0;
  }

  /** Process id of the worker if one runs. */
  get pid(): number | undefined {
    return this.engine?.child.pid;
  }

  /** @throws RequestFailure */
  request<P, R>(type: RequestType<P, R, Failure>, params: P, hooks: RequestHooks = {}): Promise<R> {
    this.waiting++;
    let started = false;
    const turn = this.queue.then(() => {
      started = true;
      return this.send(type, params, hooks);
    });
    // The caller handles a failure. The next request only waits until this one ends.
    this.queue = turn.then(
      () => this.finished(),
      () => this.finished(),
    );
    const givenUp = new Promise<never>((_, reject) => {
      hooks.signal?.addEventListener('abort', () => !started && reject(cancelled()), { once: true });
    });
    return Promise.race([turn, givenUp]);
  }

  /** Ends the process now. A request in progress fails as cancelled; the next one starts another process. */
  async restart(): Promise<void> {
    const engine = this.engine;
    this.dismiss(engine);
    await engine?.gone;
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.idle);
    this.dismiss(this.engine);
  }

  /** Drops the process at once, so that a request that arrives before it exits starts another one. */
  private dismiss(engine: Engine | undefined): void {
    if (!engine) return;
    engine.dismissed = true;
    if (this.engine === engine) this.engine = undefined;
    engine.child.kill('SIGTERM');
  }

  private finished(): void {
    this.waiting--;
    if (this.waiting > 0 || this.disposed) return;
    this.idle = setTimeout(() => this.dismiss(this.engine), this.options.idleMs);
    this.idle.unref();
  }

  private async send<P, R>(type: RequestType<P, R, Failure>, params: P, hooks: RequestHooks): Promise<R> {
    clearTimeout(this.idle);
    const { signal } = hooks;
    if (signal?.aborted || this.disposed) throw cancelled();

    const engine = (this.engine ??= this.start());
    const cancellation = new CancellationTokenSource();
    let patience: NodeJS.Timeout | undefined;
    const cancel = (): void => {
      cancellation.cancel();
      patience = setTimeout(() => this.dismiss(engine), hooks.patienceMs ?? this.options.patienceMs);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    engine.hooks = hooks;
    const death = engine.gone.then((end): never => {
      throw engine.dismissed ? cancelled() : new RequestFailure(deathOf(engine, end));
    });
    const answer = engine.connection
      .sendRequest(type, params as RequestParam<P>, cancellation.token)
      .catch((error: unknown) => this.failureOf(error) ?? death);
    try {
      const outcome = await Promise.race([answer, death]);
      if (outcome instanceof RequestFailure) throw outcome;
      return isReport(outcome) ? outcome : this.options.spoken(outcome);
    } finally {
      engine.hooks = {};
      clearTimeout(patience);
      signal?.removeEventListener('abort', cancel);
      cancellation.dispose();
    }
  }

  /** Reads the failure that the worker sent. Undefined if the connection broke, which the end of the process explains. */
  private failureOf(error: unknown): RequestFailure | undefined {
    const broken: number[] = [ErrorCodes.PendingResponseRejected, ErrorCodes.ConnectionInactive];
    if (error instanceof ResponseError) {
      if (isFailure(error.data)) return new RequestFailure(this.options.reworded(error.data));
      if (broken.includes(error.code)) return undefined;
    }
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return new RequestFailure({ kind: 'internal', what: shownSentence(message), where: [], log: stack });
  }

  private start(): Engine {
    const child = fork(this.options.script, [], {
      // Default JSON would turn typed arrays into objects and NaN into null.
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // An extension host under a debugger passes its debug port on, and two processes cannot share it.
      execArgv: [],
      // On the desktop the extension host is Electron, which runs as Node only with ELECTRON_RUN_AS_NODE. The variable
      // that turns off the runtime's telemetry is set before the start, since some libraries read only the first value.
      env: { ...withWarmMemory(process.env), ELECTRON_RUN_AS_NODE: '1', ORT_DISABLE_TELEMETRY: '1' },
    });
    const lastWords: string[] = [];
    onLines(child.stdout, this.options.log);
    onLines(child.stderr, (line) => {
      if (!STACK_LINE.test(line)) lastWords.push(line);
      if (lastWords.length > 5) lastWords.shift();
      this.options.log(line);
    });

    const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
    const engine: Engine = {
      child,
      connection,
      lastWords,
      hooks: {},
      dismissed: false,
      // 'close' comes after 'exit', once stderr has been read to its end.
      gone: new Promise((resolve) => {
        child.once('error', (error) => resolve({ code: null, signal: null, error }));
        child.once('close', (code, signal) => resolve({ code, signal }));
      }),
    };
    connection.onNotification(AnalyzeProgress, (progress) => engine.hooks.onProgress?.(shownThroughout(progress)));
    connection.onNotification(AnalyzePartial, (report) => engine.hooks.onPartial?.(report));
    connection.onNotification(AnalyzeNote, (note) => engine.hooks.onNote?.(this.options.spoken(shownThroughout(note))));
    // `gone` reports the end of the process, so a connection error is only logged.
    connection.onError(([error]) => this.options.log(`worker connection: ${error.message}`));
    connection.listen();
    void engine.gone.then(({ code, signal }) => {
      this.options.log(`worker ${child.pid ?? ''} ended (${signal ?? `exit code ${code ?? 'none'}`})`);
      connection.dispose();
      if (this.engine === engine) this.engine = undefined;
    });
    this.options.log(`worker ${child.pid ?? ''} started`);
    return engine;
  }
}

/** Matches stack frames and decoration of a crash on stderr, which would crowd its message out of the last lines. */
const STACK_LINE = /^\s*(at |\d+: |-----|[{}^]|code: |requireStack: |Node\.js v|$)/;

function cancelled(): RequestFailure {
  return new RequestFailure({ kind: 'cancelled', what: 'Cancelled.', where: [] });
}

function deathOf(engine: Engine, { code, signal, error }: Awaited<Engine['gone']>): Failure {
  const how = error ? `could not be started: ${error.message}` : signal ? `was ended by ${signal}` : `exited (${code})`;
  const memory =
    signal === 'SIGKILL' ? ' The system may have run out of memory: try fewer samples or a smaller batch.' : '';
  return {
    kind: 'internal',
    name: 'WorkerDied',
    what: `The analysis process ${how}.`,
    where: engine.lastWords.slice(),
    action: `The next analysis starts a new one.${memory}`,
    log: engine.lastWords.join('\n'),
  };
}

/** Reports, and answers that hold one, are stored or exported before they are shown. */
function isReport(outcome: unknown): boolean {
  return typeof outcome === 'object' && outcome !== null && ('schemaVersion' in outcome || 'report' in outcome);
}

function isFailure(data: unknown): data is Failure {
  return typeof data === 'object' && data !== null && 'kind' in data && 'what' in data;
}

function onLines(stream: NodeJS.ReadableStream | null, tell: (line: string) => void): void {
  if (!stream) return;
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach((line) => tell(shownSentence(line)));
  });
  stream.on('end', () => {
    if (rest) tell(shownSentence(rest));
  });
}
