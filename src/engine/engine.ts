import type { GraphBuilder } from '../graph/builder';
import type { EmittedGraph } from '../graph/emit';
import { EMITTED_OPSET, emit } from '../graph/emit';
import type { Value } from '../graph/graph';
import type { Target } from '../graph/legalize/legalize';
import type { Evaluate } from '../graph/lower/lower';
import type { SourceNode } from '../graph/lower/source';
import type { Tensor } from '../graph/tensor';
import { blockSize } from './blockSize';
import type { Profile } from './profile';
import { Profiler } from './profiler';
import type { ProviderName } from './runtime';
import { RuntimeSession } from './runtime';

/** The runtime refuses graphs that name a newer operator set, though the operators in them are those of this one. */
const NEWEST_OPSET = 26;

/** What to compile: values of a graph, which of them are fed, and which never change. */
export interface ProgramRequest {
  inputs: Readonly<Record<string, Value>>;
  outputs: Readonly<Record<string, Value>>;
  constants: ReadonlyMap<Value, Tensor>;
}

/** A compiled graph. */
export interface Program {
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

export interface EngineOptions {
  provider: ProviderName;
  threads: number;
  /** Lowest operator set to write; higher than ours where the model holds operators only a newer one has. */
  opset?: number;
  /** Whether the runtime's profiler watches the compiled graphs. */
  profile?: boolean;
}

/** Compiles graphs for one execution provider and runs single operators for constant folding. */
export class Engine {
  private readonly programs = new Set<RuntimeSession>();
  private readonly profiler: Profiler | null;

  constructor(readonly options: EngineOptions) {
    this.profiler = options.profile ? new Profiler() : null;
  }

  async compile(g: GraphBuilder, { inputs, outputs, constants }: ProgramRequest): Promise<Program> {
    const emitted = emit(g, inputs, outputs, constants, await this.target());
    const opset = Math.min(Math.max(EMITTED_OPSET, this.options.opset ?? 0), NEWEST_OPSET);
    const session = await RuntimeSession.open(emitted, opset, this.options, this.profiler);
    this.programs.add(session);
    return {
      run: (feeds) => session.run(feeds),
      release: async () => {
        if (this.programs.delete(session)) await session.release();
      },
    };
  }

  /** What graphs may be made of that are compiled here. */
  async target(): Promise<Target> {
    return { block: this.options.provider === 'cpu' ? await blockSize() : null };
  }

  /** Runs one operator of a model on given tensors, on the CPU: shapes and constants need no accelerator. */
  readonly evaluate: Evaluate = async (node, inputs, opset) => {
    const session = await RuntimeSession.open(singleNode(node, inputs), Math.min(opset, NEWEST_OPSET), {
      provider: 'cpu',
      threads: 1,
    });
    try {
      const feeds = Object.fromEntries(inputs.flatMap((tensor, i) => (tensor ? [[`x${i}`, tensor]] : [])));
      const results = await session.run(feeds);
      return node.outputs.flatMap((name, i) => (name === '' ? [] : [results[`y${i}`]]));
    } finally {
      await session.release();
    }
  };

  /** Where the time of all runs so far went; null when nobody asked for a profile. */
  async profile(): Promise<Profile | null> {
    return (await this.profiler?.profile()) ?? null;
  }

  async dispose(): Promise<void> {
    for (const session of this.programs) await session.release();
    this.programs.clear();
    await this.profiler?.dispose();
  }
}

function singleNode(node: SourceNode, inputs: readonly (Tensor | null)[]): EmittedGraph {
  const outputs = node.outputs.map((name, i) => (name === '' ? '' : `y${i}`));
  return {
    nodes: [{ ...node, inputs: inputs.map((tensor, i) => (tensor ? `x${i}` : '')), outputs }],
    initializers: new Map(),
    inputs: inputs.flatMap((tensor, i) =>
      tensor ? [{ name: `x${i}`, dtype: tensor.dtype, shape: tensor.shape }] : [],
    ),
    // Types of outputs may be left out: the runtime infers them.
    outputs: outputs.filter((name) => name !== '').map((name) => ({ name, dtype: null, shape: null })),
  };
}
