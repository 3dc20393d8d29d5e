import type { GraphBuilder } from '../graph/builder';
import type { EmittedGraph } from '../backend/emit';
import { EMITTED_OPSET, emit } from '../backend/emit';
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
import { keepsOutputs, RuntimeSession, sessionRequest } from './runtime';
import type { StoredGraphs } from './storedGraphs';
import type { Program, ProgramRequest } from './program';
import { Uploads } from './uploads';

/** The runtime refuses graphs that name a newer operator set, though the operators in them are those of this one. */
const NEWEST_OPSET = 26;

export interface EngineOptions {
  provider: ProviderName;
  /** Of each lane. */
  threads: number;
  /** Programs run side by side in so many threads of their own, each on a device where there are any; one, the default, is this thread. */
  lanes?: number;
  /** Lowest operator set to write; higher than ours where the model holds operators only a newer one has. */
  opset?: number;
  /** Whether the runtime's profiler watches the compiled graphs. */
  profile?: boolean;
  /** Where the CPU's graphs are found as the runtime prepared them before; without it all are prepared anew. */
  graphs?: StoredGraphs | null;
}

/**
 * Bytes that may be kept in the memory of a device. It does not tell how much it has, and when that is exceeded a run
 * fails: half of what the smallest graphics cards have on which one would train anything.
 */
const DEVICE_BYTES = 2 ** 31;

/** Compiles graphs for one execution provider and runs single operators for constant folding. */
export class Engine {
  /** Programs that can run at the same time. */
  readonly lanes: number;
  /** Whether programs run on a device, whose memory is not the host's. */
  readonly onDevice: boolean;
  /** Whether what stays where programs run is out of reach for this thread. */
  readonly hasMemory: boolean;
  /** Bytes that may be kept where programs run, as far as the host does not limit them. */
  readonly residentBytes: number;
  private readonly programs = new Set<OpenSessions>();
  /** Null where programs run in this thread. */
  private readonly threads: Promise<readonly Lane[]> | null;
  private readonly profiler: Profiler | null;
  private readonly uploads = new Uploads((g, request) => this.compileResident(g, request));

  constructor(readonly options: EngineOptions) {
    this.profiler = options.profile ? new Profiler() : null;
    // A profile watches one session of each graph, in this thread.
    const program = (options.lanes ?? 1) > 1 && !options.profile ? laneProgram() : null;
    this.lanes = program === null ? 1 : options.lanes!;
    this.threads = program === null ? null : startLanes(program, options);
    this.onDevice = keepsOutputs(options.provider);
    this.hasMemory = this.onDevice || this.threads !== null;
    this.residentBytes = this.onDevice ? DEVICE_BYTES : Infinity;
  }

  async compile(g: GraphBuilder, request: ProgramRequest): Promise<Program> {
    const sessions = await this.open(g, request, 'host');
    return {
      run: async (feeds, lane = 0) => (await sessions[lane]).run(feeds),
      release: () => this.close(sessions),
    };
  }

  /** The same with outputs that stay where the graph runs, until they are disposed of or the program is released. */
  async compileResident(g: GraphBuilder, request: ProgramRequest): Promise<Program<Resident>> {
    const sessions = await this.open(g, request, 'stay');
    return {
      run: async (feeds, lane = 0) => (await sessions[lane]).runResident(feeds),
      release: () => this.close(sessions),
    };
  }

  /** Brings a tensor to where programs of a lane run; on the CPU without lanes it is there already. */
  async upload(tensor: Tensor, lane = 0): Promise<Resident> {
    if (this.onDevice) return this.uploads.of(tensor, lane);
    return this.threads ? (await this.threads)[lane].hold(tensor) : HeldTensor.of(tensor);
  }

  /** Runs `use` with tensors brought to where programs of a lane run for as long as it lasts. */
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

  /** What graphs may be made of that are compiled here. */
  async target(): Promise<Target> {
    const { provider, threads } = this.options;
    return provider === 'cpu' ? { blockChannels: await blockSize(), threads } : { blockChannels: null };
  }

  /** Runs one operator of a model on given tensors, on the CPU: shapes and constants need no accelerator. */
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

  /** Where the time of all runs so far went; null when nobody asked for a profile. */
  async profile(): Promise<Profile | null> {
    return (await this.profiler?.profile()) ?? null;
  }

  async dispose(): Promise<void> {
    for (const sessions of [...this.programs]) await this.close(sessions);
    for (const lane of (await this.threads) ?? []) await lane.terminate();
    await this.profiler?.dispose();
  }

  /** Resolves when the session of the first lane is there; the others are made meanwhile. */
  private async open(
    g: GraphBuilder,
    { inputs, outputs, constants, transposesStay }: ProgramRequest,
    where: 'host' | 'stay',
  ): Promise<OpenSessions> {
    const emitted = emit(g, inputs, outputs, constants, await this.target());
    const opset = Math.min(Math.max(EMITTED_OPSET, this.options.opset ?? 0), NEWEST_OPSET);
    const sessions = await this.sessionsOf(emitted, opset, { where, transposesStay });
    // Who runs the lane is told; the others need not hear of it.
    for (const session of sessions) session.catch(() => undefined);
    await sessions[0];
    this.programs.add(sessions);
    return sessions;
  }

  private async sessionsOf(
    emitted: EmittedGraph,
    opset: number,
    { where, transposesStay }: { where: 'host' | 'stay'; transposesStay?: boolean },
  ): Promise<OpenSessions> {
    const options = { ...this.options, transposesStay };
    if (!this.threads) return [RuntimeSession.open(emitted, opset, options, this.profiler, where)];
    // On the CPU the same for all; of several devices each lane has its own.
    const request = (device: number) => sessionRequest(emitted, opset, { ...options, device }, where);
    const first = request(0);
    const requests = (lane: number) => (lane === 0 || this.options.provider === 'cpu' ? first : request(lane));
    return (await this.threads).map((thread, lane) => thread.open(requests(lane)));
  }

  private async close(sessions: OpenSessions): Promise<void> {
    if (!this.programs.delete(sessions)) return;
    // One that could not be made has nothing to release.
    for (const session of sessions) await (await session.catch(() => null))?.release();
  }
}

/** Of one graph, one for each lane. */
type OpenSessions = readonly Promise<Session>[];

/**
 * After a session in this thread: the first of a process tells its thread to count denormals, a hundred times slower, as
 * zero, and threads inherit that from the one that starts them.
 */
async function startLanes(program: string, { lanes, graphs }: EngineOptions): Promise<Lane[]> {
  await blockSize();
  const setup = (lane: number) => ({ graphs: graphs?.folder ?? null, writesGraphs: lane === 0 });
  return Array.from({ length: lanes! }, (_, lane) => new Lane(program, setup(lane)));
}

/** Every result that has a name. The operators are run as they are: one joined with another may round otherwise. */
async function runOnce(
  nodes: readonly SourceNode[],
  feeds: Readonly<Record<string, Tensor>>,
  opset: number,
): Promise<Record<string, Tensor>> {
  const named = nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== ''));
  const graph: EmittedGraph = {
    nodes: [...nodes],
    initializers: new Map(),
    inputs: Object.entries(feeds).map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    // Types of outputs may be left out: the runtime infers them.
    outputs: named.map((name) => ({ name, dtype: null, shape: null })),
  };
  const options = { provider: 'cpu', threads: 1, asWritten: true } as const;
  const session = await RuntimeSession.open(graph, Math.min(opset, NEWEST_OPSET), options);
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}
