import { ResponseError } from 'vscode-jsonrpc/node';
import type { CancellationToken, MessageConnection } from 'vscode-jsonrpc/node';
import { UserError } from '../errors';
import type { AnalysisOptions, Precision } from '../options/options';
import {
  Analyze,
  AnalyzeNote,
  AnalyzePartial,
  AnalyzeProgress,
  Ask,
  Compare,
  CudaState,
  DescribeWeights,
  ExpectTime,
  FindCheckpoints,
  FindData,
  Follow,
  Inspect,
  InstallCuda,
  MeasurePoint,
  Prepare,
  PreviewData,
  Providers,
  RemoveCuda,
  Verify,
} from '../protocol/worker';
import { failureFrom } from '../protocol/failure';
import type {
  AnalysisNote,
  AnalyzeParams,
  QuestionAnswer,
  DataCandidate,
  Failure,
  Inspection,
  InstallPlan,
  InstallState,
  MeasurePointParams,
  Progress,
  QuestionId,
} from '../protocol/worker';
import type { ExpectedTime } from '../protocol/configure';
import type { DataPreview } from '../protocol/dataPreview';
import type { ProvidersFound } from '../protocol/measured';
import type { TensorStatistics } from '../protocol/tensorStatistics';
import type { Check } from '../report/sections/checks';
import type { Report } from '../report/report';
import type { PlanePointFigures } from '../report/sections/planePoint';

export interface ServedHooks {
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
  onPartial: (report: Report) => void;
  onNote: (note: AnalysisNote) => void;
  /** Folder where finished reports are stored and stopped runs continue from. */
  cache?: string;
}

/** The functions that the worker offers. `main.ts` passes the real analysis, tests pass a script. */
export interface AnalysisService {
  prepare(options: AnalysisOptions): Promise<void>;
  analyze(model: string, options: AnalysisOptions, hooks: ServedHooks): Promise<Report>;
  ask(model: string, question: QuestionId, options: AnalysisOptions, hooks: ServedHooks): Promise<QuestionAnswer>;
  compare(models: readonly string[], options: AnalysisOptions, hooks: ServedHooks): Promise<Report>;
  follow(places: readonly string[], options: AnalysisOptions, hooks: ServedHooks): Promise<Report>;
  measurePoint(
    params: Omit<MeasurePointParams, 'cache'>,
    hooks: Pick<ServedHooks, 'signal' | 'onProgress' | 'cache'>,
  ): Promise<PlanePointFigures>;
  findCheckpoints(places: readonly string[]): Promise<readonly { path: string }[]>;
  inspect(model: string, options: AnalysisOptions): Promise<Inspection>;
  describeWeights(
    model: string,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<{ tensors: TensorStatistics[]; missing: string[] }>;
  findData(model: string, also?: string[]): Promise<DataCandidate[]>;
  previewData(model: string, options: AnalysisOptions): Promise<DataPreview>;
  expectTime(model: string, options: AnalysisOptions, available: number): Promise<ExpectedTime | null>;
  verify(model: string, options: AnalysisOptions, hooks: Pick<ServedHooks, 'signal' | 'onProgress'>): Promise<Check[]>;
  providers(
    precision: Precision | undefined,
    hooks: Pick<ServedHooks, 'signal' | 'onProgress'>,
  ): Promise<ProvidersFound>;
  cudaState(signal: AbortSignal): Promise<InstallState>;
  installCuda(plan: InstallPlan, hooks: Pick<ServedHooks, 'signal' | 'onProgress'>): Promise<void>;
  removeCuda(): Promise<{ folder: string; removed: string[] }>;
}

/** Answers requests until the other side disconnects. Every request ends: with its result, or with a `Failure`. */
export function serve(connection: MessageConnection, service: AnalysisService): void {
  const onProgress = (progress: Progress): void => void connection.sendNotification(AnalyzeProgress, progress);
  const onPartial = (report: Report): void => void connection.sendNotification(AnalyzePartial, report);
  const onNote = (note: AnalysisNote): void => void connection.sendNotification(AnalyzeNote, note);

  const hooksOf = (signal: AbortSignal, { options, cache }: Pick<AnalyzeParams, 'options' | 'cache'>): ServedHooks => ({
    signal,
    onProgress: calmly(onProgress),
    onPartial,
    onNote,
    cache: options.cache ?? cache,
  });

  connection.onRequest(Prepare, ({ options }, token) =>
    answer(token, async () => {
      await service.prepare(options);
      return null;
    }),
  );
  connection.onRequest(Analyze, (params, token) =>
    answer(token, (signal) => service.analyze(params.model, params.options, hooksOf(signal, params))),
  );
  connection.onRequest(Ask, (params, token) =>
    answer(token, (signal) => service.ask(params.model, params.question, params.options, hooksOf(signal, params))),
  );
  connection.onRequest(Compare, (params, token) =>
    answer(token, (signal) => service.compare(params.models, params.options, hooksOf(signal, params))),
  );
  connection.onRequest(Follow, (params, token) =>
    answer(token, (signal) => service.follow(params.places, params.options, hooksOf(signal, params))),
  );
  connection.onRequest(MeasurePoint, ({ cache, ...params }, token) =>
    answer(token, (signal) =>
      service.measurePoint(params, {
        signal,
        onProgress: calmly(onProgress),
        cache: params.report.options.cache ?? cache,
      }),
    ),
  );
  connection.onRequest(FindCheckpoints, ({ places }, token) =>
    answer(token, async () => ({ files: (await service.findCheckpoints(places)).map(({ path }) => path) })),
  );
  connection.onRequest(Verify, ({ model, options }, token) =>
    answer(token, async (signal) => ({
      checks: await service.verify(model, options, { signal, onProgress: calmly(onProgress) }),
    })),
  );
  connection.onRequest(Inspect, ({ model, options }, token) => answer(token, () => service.inspect(model, options)));
  connection.onRequest(DescribeWeights, ({ model, names }, token) =>
    answer(token, (signal) => service.describeWeights(model, names, signal)),
  );
  connection.onRequest(PreviewData, ({ model, options }, token) =>
    answer(token, () => service.previewData(model, options)),
  );
  connection.onRequest(ExpectTime, ({ model, options, available }, token) =>
    answer(token, async () => ({ time: await service.expectTime(model, options, available) })),
  );
  connection.onRequest(FindData, ({ model, also }, token) => answer(token, () => service.findData(model, also)));
  connection.onRequest(Providers, ({ precision }, token) =>
    answer(token, (signal) => service.providers(precision, { signal, onProgress })),
  );
  connection.onRequest(CudaState, (_params, token) => answer(token, (signal) => service.cudaState(signal)));
  connection.onRequest(InstallCuda, ({ plan }, token) =>
    answer(token, async (signal) => {
      await service.installCuda(plan, { signal, onProgress: calmly(onProgress) });
      return null;
    }),
  );
  connection.onRequest(RemoveCuda, (_params, token) => answer(token, () => service.removeCuda()));
  connection.listen();
}

/** Error code of failed requests. JSON-RPC reserves the codes below −32000 for itself. */
const FAILED = -1;

const CANCELLED: Failure = { kind: 'cancelled', what: 'Cancelled.', where: [] };

async function answer<R>(token: CancellationToken, work: (signal: AbortSignal) => Promise<R>): Promise<R> {
  const controller = new AbortController();
  const subscription = token.onCancellationRequested(() => controller.abort());
  try {
    return await work(controller.signal);
  } catch (error) {
    const failure = controller.signal.aborted && !(error instanceof UserError) ? CANCELLED : failureFrom(error);
    throw new ResponseError(FAILED, failure.what, failure);
  } finally {
    subscription.dispose();
  }
}

/** Limits progress to ten messages a second. It always sends the first message of a stage, and the last one of all. */
function calmly(tell: (progress: Progress) => void): (progress: Progress) => void {
  let last = -Infinity;
  let stage = '';
  return (progress) => {
    const now = performance.now();
    if (progress.stage === stage && now - last < 100 && progress.fraction < 1) return;
    last = now;
    stage = progress.stage;
    tell(progress);
  };
}
