import type { GraphBuilder } from '../graph/builder';
import type { EmittedGraph } from '../backend/emit';
import { emit, NEWEST_OPSET } from '../backend/emit';
import type { Target } from '../backend/form';
import type { Evaluator } from '../graph/evaluator';
import type { SourceNode } from '../graph/source';
import type { Tensor } from '../graph/tensor';
import { blockSize } from './blockSize';
import type { Profile } from './profile';
import { Profiler } from './profiler';
import { Lane } from './lanes/lane';
import { laneProgram } from './lanes/program';
import type { Resident } from './resident';
import { disposeOf, HeldTensor } from './resident';
import type { ProviderName, Session } from './runtime';
import { keepsOutputs, oneByOne, RuntimeSession, sessionRequest } from './runtime';
import type { StoredGraphs } from './storedGraphs';
import type { Program, ProgramRequest } from './program';
import { Uploads } from './uploads';

export interface EngineOptions {
  provider: ProviderName;
  /** CPU threads of each lane. */
  threads: number;
  /** Number of worker threads that run programs side by side, each on its own device if there are several; 1, the default, is this thread. */
  lanes?: number;
  /** Whether even a single lane is a worker thread. */
  apart?: boolean;
  /** Whether the runtime's profiler watches the compiled graphs. */
  profile?: boolean;
  /** Folder of graphs that the runtime prepared for the CPU earlier; without it, every graph is prepared again. */
  graphs?: StoredGraphs | null;
}

/**
 * Bytes to keep in the memory of a device at most. A device does not report its memory, and a run that exceeds it fails.
 * The limit is half the memory of the smallest graphics cards that anyone trains on.
 */
const DEVICE_BYTES = 2 ** 31;

/** Compiles graphs for one execution provider and runs single operators for constant folding. */
export class Engine {
  /** Programs that can run at the same time. */
  readonly lanes: number;
  /** Whether programs run on a device, whose memory is not the host's. */
  readonly onDevice: boolean;
  /** Whether this thread cannot reach the tensors that stay where programs run. */
  readonly hasMemory: boolean;
  /** Bytes to keep where programs run, if the host does not limit them further. */
  readonly residentBytes: number;
  private readonly programs = new Set<OpenSessions>();
  /** Null if programs run in this thread. */
  private readonly threads: Promise<readonly Lane[]> | null;
  private readonly profiler: Profiler | null;
  private readonly uploads = new Uploads((g, request) => this.compileResident(g, request));

  constructor(readonly options: EngineOptions) {
    this.profiler = options.profile ? new Profiler() : null;
    // A profile watches one session of each graph, in this thread.
    const { lanes = 1, apart = lanes > 1 } = options;
    const program = apart && !options.profile ? laneProgram() : null;
    this.lanes = program === null ? 1 : lanes;
    this.threads = program === null ? null : startLanes(program, options);
    this.onDevice = keepsOutputs(options.provider);
    this.hasMemory = this.onDevice || this.threads !== null;
    this.residentBytes = this.onDevice ? DEVICE_BYTES : Infinity;
  }

  async compile(g: GraphBuilder, request: ProgramRequest): Promise<Program> {
    const sessions = await this.open(g, request, 'host');
    return {
      run: async (feeds, lane = 0) => (await sessions[lane]).run(feeds),
      runEach: async (shared, each, lane = 0) => (await sessions[lane]).runEach(shared, each),
      release: () => this.close(sessions),
    };
  }

  /** The same, but outputs stay where the graph runs until they are disposed of or the program is released. */
  async compileResident(g: GraphBuilder, request: ProgramRequest): Promise<Program<Resident>> {
    const sessions = await this.open(g, request, 'stay');
    return {
      run: async (feeds, lane = 0) => (await sessions[lane]).runResident(feeds),
      runEach: async (shared, each, lane = 0) => {
        const session = await sessions[lane];
        return oneByOne(each, (feeds) => session.runResident({ ...shared, ...feeds }));
      },
      release: () => this.close(sessions),
    };
  }

  /** Brings a tensor to where programs of a lane run. On the CPU without lanes, it is there already. */
  async upload(tensor: Tensor, lane = 0): Promise<Resident> {
    if (this.onDevice) return this.uploads.of(tensor, lane);
    return this.threads ? (await this.threads)[lane].hold(tensor) : HeldTensor.of(tensor);
  }

  /** Brings tensors to where programs of a lane run, calls `use` with them, and disposes of them afterwards. */
  async withUploaded<T>(
    tensors: Readonly<Record<string, Tensor>>,
    lane: number,
    use: (uploaded: Readonly<Record<string, Resident>>) => Promise<T>,
  ): Promise<T> {
    const uploaded: Record<string, Resident> = {};
    const upload = async (name: string) => void (uploaded[name] = await this.upload(tensors[name], lane));
    try {
      const settled = await Promise.allSettled(Object.keys(tensors).map(upload));
      for (const result of settled) if (result.status === 'rejected') throw result.reason;
      return await use(uploaded);
    } finally {
      disposeOf(uploaded);
    }
  }

  /** Properties of the device that decide the form of the graphs compiled here. */
  async target(): Promise<Target> {
    const { provider, threads } = this.options;
    return provider === 'cpu' ? { blockChannels: await blockSize(), threads } : { blockChannels: null };
  }

  /** Runs one operator of a model on given tensors. It uses the CPU, because shapes and constants need no accelerator. */
  readonly evaluate: Evaluator['evaluate'] = async (node, inputs, opset) => {
    const feeds = Object.fromEntries(inputs.flatMap((tensor, i) => (tensor ? [[`x${i}`, tensor]] : [])));
    const outputs = node.outputs.map((name, i) => (name === '' ? '' : `y${i}`));
    const named = { ...node, inputs: inputs.map((tensor, i) => (tensor ? `x${i}` : '')), outputs };
    const results = await runOnce([named], feeds, opset);
    return outputs.filter((name) => name !== '').map((name) => results[name]);
  };

  /** Runs operators of a model that read given tensors and one another, in one session. */
  readonly evaluateAll: Evaluator['evaluateAll'] = async (nodes, known, opset) =>
    new Map(Object.entries(await runOnce(nodes, Object.fromEntries(known), opset)));

  /** How all runs so far spent their time; null without a profile. */
  async profile(): Promise<Profile | null> {
    return (await this.profiler?.profile()) ?? null;
  }

  async dispose(): Promise<void> {
    for (const sessions of [...this.programs]) await this.close(sessions);
    for (const lane of (await this.threads) ?? []) await lane.terminate();
    await this.profiler?.dispose();
  }

  /** Resolves when the session of the first lane is ready; the others are created meanwhile. */
  private async open(
    g: GraphBuilder,
    { inputs, outputs, constants, transposesStay }: ProgramRequest,
    where: 'host' | 'stay',
  ): Promise<OpenSessions> {
    const emitted = emit(g, inputs, outputs, constants, await this.target());
    const sessions = await this.sessionsOf(emitted, { where, transposesStay });
    // A caller that uses the lane gets the error. For the others it must not count as unhandled.
    for (const session of sessions) session.catch(() => undefined);
    await sessions[0];
    this.programs.add(sessions);
    return sessions;
  }

  private async sessionsOf(
    emitted: EmittedGraph,
    { where, transposesStay }: { where: 'host' | 'stay'; transposesStay?: boolean },
  ): Promise<OpenSessions> {
    const options = { ...this.options, transposesStay };
    if (!this.threads) return [RuntimeSession.open(emitted, options, this.profiler, where)];
    // All lanes share the CPU's settings; with several devices, each lane has its own.
    const request = (device: number) => sessionRequest(emitted, { ...options, device }, where);
    const first = request(0);
    const requests = (lane: number) => (lane === 0 || this.options.provider === 'cpu' ? first : request(lane));
    return (await this.threads).map((thread, lane) => thread.open(requests(lane)));
  }

  private async close(sessions: OpenSessions): Promise<void> {
    if (!this.programs.delete(sessions)) return;
    // A session that could not be created has nothing to release.
    for (const session of sessions) await (await session.catch(() => null))?.release();
  }
}

/** The sessions of one graph, one for each lane. */
type OpenSessions = readonly Promise<Session>[];

/**
 * Starts lanes after a session in this thread. The first session of a process makes its thread treat denormals as zero,
 * because they are a hundred times slower, and threads inherit that setting from the one that starts them.
 */
async function startLanes(program: string, { lanes = 1, graphs }: EngineOptions): Promise<Lane[]> {
  await blockSize();
  const setup = (lane: number) => ({ graphs: graphs?.folder ?? null, writesGraphs: lane === 0 });
  return Array.from({ length: lanes }, (_, lane) => new Lane(program, setup(lane)));
}

/** Every named result. The operators run unfused, because a fused operator may round differently. */
async function runOnce(
  nodes: readonly SourceNode[],
  feeds: Readonly<Record<string, Tensor>>,
  opset: number,
): Promise<Record<string, Tensor>> {
  const named = nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== ''));
  const graph: EmittedGraph = {
    opset: Math.min(opset, NEWEST_OPSET),
    nodes: [...nodes],
    initializers: new Map(),
    inputs: Object.entries(feeds).map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    // Types of outputs may be left out: the runtime infers them.
    outputs: named.map((name) => ({ name, dtype: null, shape: null })),
  };
  const options = { provider: 'cpu', threads: 1, asWritten: true } as const;
  const session = await RuntimeSession.open(graph, options);
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}
