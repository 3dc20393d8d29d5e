import type { GraphBuilder } from '../graph/builder';
import type { EmittedGraph } from '../graph/emit';
import { EMITTED_OPSET, emit } from '../graph/emit';
import type { Value } from '../graph/graph';
import type { Target } from '../graph/legalize/legalize';
import type { Evaluator } from '../graph/lower/fold';
import type { SourceNode } from '../graph/lower/source';
import type { Tensor } from '../graph/tensor';
import { blockSize } from './blockSize';
import type { Profile } from './profile';
import { Profiler } from './profiler';
import { disposeOf, Resident } from './resident';
import type { Feeds, ProviderName } from './runtime';
import { keepsOutputs, RuntimeSession } from './runtime';
import type { StoredGraphs } from './storedGraphs';
import { Uploads } from './uploads';

/** The runtime refuses graphs that name a newer operator set, though the operators in them are those of this one. */
const NEWEST_OPSET = 26;

/** What to compile: values of a graph, which of them are fed, and which never change. */
export interface ProgramRequest {
  inputs: Readonly<Record<string, Value>>;
  outputs: Readonly<Record<string, Value>>;
  constants: ReadonlyMap<Value, Tensor>;
}

/** A compiled graph. Its outputs come back to the host, or stay where it runs. */
export interface Program<Output extends Tensor | Resident = Tensor> {
  run(feeds: Feeds): Promise<Record<string, Output>>;
  /** Ends what its runs left on a device, too. */
  release(): Promise<void>;
}

export interface EngineOptions {
  provider: ProviderName;
  threads: number;
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
  /** Whether outputs can stay in a memory that is not the host's. */
  readonly hasMemory: boolean;
  /** Bytes that may be kept where programs run, as far as the host does not limit them. */
  readonly residentBytes: number;
  private readonly programs = new Set<RuntimeSession>();
  private readonly profiler: Profiler | null;
  private readonly uploads = new Uploads((g, request) => this.compileResident(g, request));

  constructor(readonly options: EngineOptions) {
    this.profiler = options.profile ? new Profiler() : null;
    this.hasMemory = keepsOutputs(options.provider);
    this.residentBytes = this.hasMemory ? DEVICE_BYTES : Infinity;
  }

  async compile(g: GraphBuilder, request: ProgramRequest): Promise<Program> {
    const session = await this.open(g, request, 'host');
    return { run: (feeds) => session.run(feeds), release: () => this.close(session) };
  }

  /** The same with outputs that stay where the graph runs, until they are disposed of or the program is released. */
  async compileResident(g: GraphBuilder, request: ProgramRequest): Promise<Program<Resident>> {
    const session = await this.open(g, request, 'stay');
    return { run: (feeds) => session.runResident(feeds), release: () => this.close(session) };
  }

  /** Brings a tensor to where programs run; on the CPU it is there already. */
  async upload(tensor: Tensor): Promise<Resident> {
    return this.hasMemory ? this.uploads.of(tensor) : Resident.of(tensor);
  }

  /** Runs `use` with tensors brought to where programs run for as long as it lasts. */
  async withUploaded<T>(
    tensors: Readonly<Record<string, Tensor>>,
    use: (uploaded: Readonly<Record<string, Resident>>) => Promise<T>,
  ): Promise<T> {
    const uploaded: Record<string, Resident> = {};
    try {
      for (const [name, tensor] of Object.entries(tensors)) uploaded[name] = await this.upload(tensor);
      return await use(uploaded);
    } finally {
      disposeOf(uploaded);
    }
  }

  /** What graphs may be made of that are compiled here. */
  async target(): Promise<Target> {
    return { block: this.options.provider === 'cpu' ? await blockSize() : null };
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
    for (const session of this.programs) await session.release();
    this.programs.clear();
    await this.profiler?.dispose();
  }

  private async open(
    g: GraphBuilder,
    { inputs, outputs, constants }: ProgramRequest,
    where: 'host' | 'stay',
  ): Promise<RuntimeSession> {
    const emitted = emit(g, inputs, outputs, constants, await this.target());
    const opset = Math.min(Math.max(EMITTED_OPSET, this.options.opset ?? 0), NEWEST_OPSET);
    const session = await RuntimeSession.open(emitted, opset, this.options, this.profiler, where);
    this.programs.add(session);
    return session;
  }

  private async close(session: RuntimeSession): Promise<void> {
    if (this.programs.delete(session)) await session.release();
  }
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
