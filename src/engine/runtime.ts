import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { EmittedGraph } from '../backend/emit';
import type { DType, Tensor, TensorData } from '../graph/tensor';
import { sizeOf } from '../graph/tensor';
import type { WrittenModel } from '../onnx/write';
import { writeModel } from '../onnx/write';
import { DeviceError } from './deviceError';
import { ort } from './ort';
import type { Profiler, SessionProfile } from './profiler';
import type { Resident } from './resident';
import { HeldTensor, livesOnDevice } from './resident';
import type { GraphSource, StoredGraphs } from './storedGraphs';
import { given } from './storedGraphs';

/** Names the runtime has for the providers this package can choose. */
export type ProviderName = 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';

/** Of the runtime whose kernels compute every figure. */
export const RUNTIME_VERSION = ort.env.versions.node ?? ort.env.versions.common;

export interface RuntimeOptions {
  provider: ProviderName;
  threads: number;
  /** Which of several devices of the provider; the first when left out. */
  device?: number;
  /** Whether the graph is run as it is, without the runtime's own improvements. */
  asWritten?: boolean;
  /** Whether transposes are left where they stand; on the CPU alone. */
  transposesStay?: boolean;
  /** Where the CPU's graphs are found as the runtime prepared them before. */
  graphs?: StoredGraphs | null;
}

/** What a graph reads: numbers of the host, or what stayed where graphs run. */
export type Feeds = Readonly<Record<string, Tensor | Resident>>;

/** Whether outputs can stay in memory of the provider's own, to be fed again. */
export const keepsOutputs = (provider: ProviderName) => provider === 'webgpu';

/** The first session of a process decides for all of them whether denormals, a hundred times slower, count as zero. */
const SESSION_CONFIG = {
  // Every session has threads of its own, which spin for tens of milliseconds when they have nothing to do: through the
  // making of the next session, and through a tangent graph that runs after its primal one. Half a millisecond is enough
  // between the operators of a run. Where other work runs beside, graphs of small networks take half the time with it.
  // On processors without integer dot products it adds two 8-bit products in 16 bits, which overflow where weights are
  // large, unless it is told not to: a quantized model would answer otherwise there than on all others.
  set_denormal_as_zero: '1',
  'intra_op.spin_duration_us': '500',
  x64quantprecision: '1',
};

/** Improvements of the runtime that are not wanted, by the names it has for them. */
function unwanted({ provider, transposesStay }: RuntimeOptions): string {
  // It joins slices into a Split, of which WebGPU has at most ten outputs.
  if (provider === 'webgpu') return 'GatherSliceToSplitFusion';
  // It fuses x·σ(x) of float64 graphs into an operator that has a float32 kernel only.
  const always = 'QuickGeluFusion';
  // It moves a transpose past what reads it, which makes one of each reader: in products of a transformer four for one.
  const moving = ['TransposeOptimizer', 'TransposeOptimizer_CPUExecutionProvider'];
  return (transposesStay && provider === 'cpu' ? [always, ...moving] : [always]).join(';');
}

/**
 * Bytes of weights from which on memory is given back after each run: the runtime's arena keeps what the largest run
 * took, and the arenas of several sessions of a large model add up. Without an arena every run touches fresh memory,
 * which made Hessian products of LeNet four times slower where its residuals counted as well.
 */
const GIVES_BACK = 2 ** 26;

export const keepsArena = (weightBytes: number) => weightBytes < GIVES_BACK;

function weightBytes({ initializers }: EmittedGraph): number {
  return 4 * [...initializers.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** The provider, then the CPU for what it leaves. */
function providersFor(
  { provider, device = 0 }: RuntimeOptions,
  { nodes }: EmittedGraph,
): InferenceSession.ExecutionProviderConfig[] {
  if (provider === 'cpu') return ['cpu'];
  if (provider === 'cuda' || provider === 'dml') return [{ name: provider, deviceId: device }, 'cpu'];
  if (provider !== 'webgpu') return [provider, 'cpu'];
  // WebGPU has MaxPool without indices only, and fails in the run instead of leaving it to the CPU.
  const onCpu = nodes.filter(({ op, outputs }) => op === 'MaxPool' && outputs.length > 1).map(({ name }) => name);
  // The runtime refuses an empty list.
  return [{ name: 'webgpu', ...(onCpu.length > 0 ? { forceCpuNodeNames: onCpu } : {}) }, 'cpu'];
}

/** How a graph is given to the runtime. */
export function sessionOptions(graph: EmittedGraph, options: RuntimeOptions): InferenceSession.SessionOptions {
  const { threads, asWritten = false } = options;
  return {
    executionProviders: providersFor(options, graph),
    graphOptimizationLevel: asWritten ? 'disabled' : 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // From the second run on it would take all of a run's memory once more, as one block beside the arena: first runs of a
    // large graph spend most of their time on memory that is touched for the first time.
    enableMemPattern: false,
    enableCpuMemArena: keepsArena(weightBytes(graph)),
    // Errors are thrown; written to stderr as well, those of mere tries would frighten.
    logSeverityLevel: 4,
    extra: { session: SESSION_CONFIG, optimization: { disable_specified_optimizers: unwanted(options) } },
  };
}

/** Where the outputs of a graph go that are to stay where it runs. */
function outputLocations({ outputs }: EmittedGraph): Record<string, 'cpu' | 'gpu-buffer'> {
  const location = (dtype: DType | null) => (dtype && livesOnDevice(dtype) ? 'gpu-buffer' : 'cpu');
  return Object.fromEntries(outputs.map(({ name, dtype }) => [name, location(dtype)]));
}

/** A graph as the runtime is given it. It can be sent to another thread. */
export interface SessionRequest {
  model: WrittenModel;
  options: InferenceSession.SessionOptions;
  provider: ProviderName;
}

/** @param outputs whether they come back to the host or stay where the graph runs */
export function sessionRequest(
  graph: EmittedGraph,
  opset: number,
  options: RuntimeOptions,
  outputs: 'host' | 'stay' = 'host',
): SessionRequest {
  const stays = outputs === 'stay' && keepsOutputs(options.provider);
  return {
    model: writeModel({ graph, opset }),
    options: {
      ...sessionOptions(graph, options),
      ...(stays ? { preferredOutputLocation: outputLocations(graph) } : {}),
    },
    provider: options.provider,
  };
}

/** One compiled graph. */
export interface Session {
  /** @throws DeviceError when a device fails in the run */
  run(feeds: Feeds): Promise<Record<string, Tensor>>;
  /** The same of a session whose outputs stay. They end with the session, if not before. */
  runResident(feeds: Feeds): Promise<Record<string, Resident>>;
  release(): Promise<void>;
}

/** A session in this thread. Runs block it: this lives in a process of its own. */
export class RuntimeSession implements Session {
  /** What runs left on the device and nobody has disposed of. */
  private readonly left = new Set<Resident>();

  private constructor(
    private readonly session: InferenceSession,
    private readonly profile: SessionProfile | null,
    private readonly provider: ProviderName,
  ) {}

  static async open(
    graph: EmittedGraph,
    opset: number,
    options: RuntimeOptions,
    profiler: Profiler | null = null,
    outputs: 'host' | 'stay' = 'host',
  ): Promise<RuntimeSession> {
    const profile = profiler?.session(graph) ?? null;
    return RuntimeSession.of(sessionRequest(graph, opset, options, outputs), { profile, graphs: options.graphs });
  }

  /** @throws Error with the runtime's words when the graph does not load: our own fault, or the provider's */
  static async of(
    { model, options, provider }: SessionRequest,
    { graphs = null, profile = null }: { graphs?: GraphSource | null; profile?: SessionProfile | null } = {},
  ): Promise<RuntimeSession> {
    const how = { ...options, ...profile?.options };
    const create = (bytes: Uint8Array, asked: InferenceSession.SessionOptions) =>
      ort.InferenceSession.create(bytes, asked);
    const stored = provider === 'cpu' && !profile ? graphs : null;
    const session = stored ? await stored.session(model, how, create) : await create(model.bytes, given(model, how));
    profile?.attach(session);
    return new RuntimeSession(session, profile, provider);
  }

  async run(feeds: Feeds): Promise<Record<string, Tensor>> {
    return mapped(await this.results(feeds), fromRuntime);
  }

  async runResident(feeds: Feeds): Promise<Record<string, HeldTensor>> {
    return mapped(await this.results(feeds), (tensor) => {
      if (tensor.location === 'cpu') return HeldTensor.result(tensor, () => undefined);
      const resident: HeldTensor = HeldTensor.result(tensor, () => this.left.delete(resident));
      this.left.add(resident);
      return resident;
    });
  }

  async release(): Promise<void> {
    for (const resident of [...this.left]) resident.dispose();
    await this.profile?.close();
    await this.session.release();
  }

  private async results(feeds: Feeds): Promise<Record<string, OrtTensor>> {
    const given = mapped(feeds, toRuntime);
    const run = () => this.session.run(given);
    try {
      return (await (this.profile ? this.profile.timed(run) : run())) as Record<string, OrtTensor>;
    } catch (fault) {
      throw this.provider === 'cpu' ? fault : new DeviceError(this.provider, fault as Error);
    }
  }
}

export function mapped<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}

function toRuntime(feed: Tensor | Resident): OrtTensor {
  if (feed instanceof HeldTensor) return feed.fed;
  const { dtype, data, shape } = feed as Tensor;
  return new ort.Tensor(dtype, data as never, shape);
}

function fromRuntime({ type, dims, data }: OrtTensor): Tensor {
  return { dtype: type as DType, shape: dims, data: data as TensorData };
}
