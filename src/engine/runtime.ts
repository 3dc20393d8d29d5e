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

/** The runtime's names of the providers that this package can choose. */
export type ProviderName = 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';

/** Version of the runtime whose kernels compute every figure. */
export const RUNTIME_VERSION = ort.env.versions.node ?? ort.env.versions.common;

export interface RuntimeOptions {
  provider: ProviderName;
  threads: number;
  /** Index of the device among several of the provider; by default the first. */
  device?: number;
  /** Whether the graph runs unchanged, without the runtime's optimizations. */
  asWritten?: boolean;
  /** Whether transposes keep their place; on the CPU only. */
  transposesStay?: boolean;
  /** Folder of graphs that the runtime prepared for the CPU earlier. */
  graphs?: StoredGraphs | null;
}

/** Input of a graph: numbers of the host, or a tensor that stayed where graphs run. */
export type Feeds = Readonly<Record<string, Tensor | Resident>>;

/** Whether outputs can stay in the provider's own memory, to be fed again. */
export const keepsOutputs = (provider: ProviderName) => provider === 'webgpu';

/** The first session of a process decides for all of them whether denormals, which are a hundred times slower, count as zero. */
const SESSION_CONFIG = {
  // Every session has its own threads, which spin for tens of milliseconds when idle: while the next session is created, and
  // while a tangent graph runs after its primal one. Half a millisecond is enough between the operators of a run. With other
  // work on the machine, this halves the time of graphs of small networks.
  // On processors without integer dot products, the runtime adds two 8-bit products in 16 bits by default. These overflow for
  // large weights, so a quantized model would give other results there than on all other processors.
  set_denormal_as_zero: '1',
  'intra_op.spin_duration_us': '500',
  x64quantprecision: '1',
};

/** Optimizations of the runtime to disable, by its names. */
function unwanted({ provider, transposesStay }: RuntimeOptions): string {
  // Joins slices into a Split, which has at most ten outputs on WebGPU.
  if (provider === 'webgpu') return 'GatherSliceToSplitFusion';
  // Fuses x·σ(x) of float64 graphs into an operator that has only a float32 kernel.
  const always = 'QuickGeluFusion';
  // Moves a transpose past its readers, which creates one per reader: four for one in products of a transformer.
  const moving = ['TransposeOptimizer', 'TransposeOptimizer_CPUExecutionProvider'];
  return (transposesStay && provider === 'cpu' ? [always, ...moving] : [always]).join(';');
}

/**
 * From so many bytes of weights on, memory is freed after each run. The runtime's arena keeps the memory of the largest
 * run, and the arenas of several sessions of a large model add up. Without an arena, every run touches fresh memory, which
 * made Hessian products of LeNet four times slower when its residuals counted as well.
 */
const GIVES_BACK = 2 ** 26;

export const keepsArena = (weightBytes: number) => weightBytes < GIVES_BACK;

/** The part of a graph that the runtime's options depend on. */
type SizedGraph = Pick<EmittedGraph, 'nodes' | 'initializers'>;

function weightBytes({ initializers }: SizedGraph): number {
  return 4 * [...initializers.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** The provider, then the CPU for the operators that it does not support. */
function providersFor(
  { provider, device = 0 }: RuntimeOptions,
  { nodes }: SizedGraph,
): InferenceSession.ExecutionProviderConfig[] {
  if (provider === 'cpu') return ['cpu'];
  if (provider === 'cuda' || provider === 'dml') return [{ name: provider, deviceId: device }, 'cpu'];
  if (provider !== 'webgpu') return [provider, 'cpu'];
  // WebGPU supports MaxPool only without indices, and fails during the run instead of leaving it to the CPU.
  const onCpu = nodes.filter(({ op, outputs }) => op === 'MaxPool' && outputs.length > 1).map(({ name }) => name);
  // The runtime refuses an empty list.
  return [{ name: 'webgpu', ...(onCpu.length > 0 ? { forceCpuNodeNames: onCpu } : {}) }, 'cpu'];
}

/** Options of the runtime for a graph. */
export function sessionOptions(graph: SizedGraph, options: RuntimeOptions): InferenceSession.SessionOptions {
  const { threads, asWritten = false } = options;
  return {
    executionProviders: providersFor(options, graph),
    graphOptimizationLevel: asWritten ? 'disabled' : 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // With it, the second run would allocate all of a run's memory again, as one block beside the arena. The first runs of a
    // large graph spend most of their time on memory that they touch for the first time.
    enableMemPattern: false,
    enableCpuMemArena: keepsArena(weightBytes(graph)),
    // Errors are thrown. On stderr, the errors of mere attempts would alarm the user.
    logSeverityLevel: 4,
    extra: { session: SESSION_CONFIG, optimization: { disable_specified_optimizers: unwanted(options) } },
  };
}

/** Location of outputs that stay where the graph runs. */
function outputLocations({ outputs }: EmittedGraph): Record<string, 'cpu' | 'gpu-buffer'> {
  const location = (dtype: DType | null) => (dtype && livesOnDevice(dtype) ? 'gpu-buffer' : 'cpu');
  return Object.fromEntries(outputs.map(({ name, dtype }) => [name, location(dtype)]));
}

/** A graph in the form that the runtime receives. It can be sent to another thread. */
export interface SessionRequest {
  model: WrittenModel;
  options: InferenceSession.SessionOptions;
  provider: ProviderName;
}

/** @param outputs whether they return to the host or stay where the graph runs */
export function sessionRequest(
  graph: EmittedGraph,
  options: RuntimeOptions,
  outputs: 'host' | 'stay' = 'host',
): SessionRequest {
  const stays = outputs === 'stay' && keepsOutputs(options.provider);
  return {
    model: writeModel({ graph, opset: graph.opset }),
    options: {
      ...sessionOptions(graph, options),
      ...(stays ? { preferredOutputLocation: outputLocations(graph) } : {}),
    },
    provider: options.provider,
  };
}

/** One compiled graph. */
export interface Session {
  /** @throws DeviceError if a device fails during the run */
  run(feeds: Feeds): Promise<Record<string, Tensor>>;
  /** Runs once for each of `each`, together with the inputs that all runs share. */
  runEach(shared: Feeds, each: readonly Feeds[]): Promise<Record<string, Tensor>[]>;
  /** The same for a session whose outputs stay. They end with the session, if not before. */
  runResident(feeds: Feeds): Promise<Record<string, Resident>>;
  release(): Promise<void>;
}

/** A session in this thread. Its runs block the thread, so it lives in a separate process. */
export class RuntimeSession implements Session {
  /** Tensors that runs left on the device and that were not disposed of. */
  private readonly left = new Set<Resident>();

  private constructor(
    private readonly session: InferenceSession,
    private readonly profile: SessionProfile | null,
    private readonly provider: ProviderName,
  ) {}

  static async open(
    graph: EmittedGraph,
    options: RuntimeOptions,
    profiler: Profiler | null = null,
    outputs: 'host' | 'stay' = 'host',
  ): Promise<RuntimeSession> {
    const profile = profiler?.session(graph) ?? null;
    return RuntimeSession.of(sessionRequest(graph, options, outputs), { profile, graphs: options.graphs });
  }

  /** @throws Error with the runtime's message if the graph does not load, which is our fault or the provider's */
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

  runEach(shared: Feeds, each: readonly Feeds[]): Promise<Record<string, Tensor>[]> {
    return oneByOne(each, (feeds) => this.run({ ...shared, ...feeds }));
  }

  async runResident(feeds: Feeds): Promise<Record<string, HeldTensor>> {
    return mapped(await this.results(feeds), (tensor) => {
      if (tensor.location === 'cpu') return HeldTensor.result(tensor, () => undefined);
      const resident: HeldTensor = HeldTensor.result(tensor, () => this.left.delete(resident));
      this.left.add(resident);
      return resident;
    });
  }

  /** Element types of the outputs by name, as the runtime infers them. Outputs that are no tensors have none. */
  outputTypes(): Map<string, string> {
    return new Map(
      this.session.outputMetadata.flatMap((output) => (output.isTensor ? [[output.name, output.type]] : [])),
    );
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

/** Runs one after another: a session takes one run at a time. */
export async function oneByOne<T>(each: readonly Feeds[], run: (feeds: Feeds) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (const feeds of each) results.push(await run(feeds));
  return results;
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
