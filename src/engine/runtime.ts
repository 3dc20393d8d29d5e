import * as ort from 'onnxruntime-node';
import type { EmittedGraph } from '../graph/emit';
import type { DType, Tensor, TensorData } from '../graph/tensor';
import { writeModel } from '../onnx/write';

/** Names the runtime has for the providers this package can choose. */
export type ProviderName = 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';

export interface RuntimeOptions {
  provider: ProviderName;
  threads: number;
}

/** The first session of a process decides for all of them whether denormals, a hundred times slower, count as zero. */
const SESSION_CONFIG = {
  session: { set_denormal_as_zero: '1' },
  // It fuses x·σ(x) of float64 graphs into an operator that has a float32 kernel only.
  optimization: { disable_specified_optimizers: 'QuickGeluFusion' },
};

/** One compiled graph. Runs block the thread they are on: this lives in a process of its own. */
export class RuntimeSession {
  private constructor(private readonly session: ort.InferenceSession) {}

  /** @throws Error with the runtime's words when the graph does not load: our own fault, or the provider's */
  static async open(
    graph: EmittedGraph,
    opset: number,
    { provider, threads }: RuntimeOptions,
  ): Promise<RuntimeSession> {
    const { bytes, external } = writeModel({ graph, opset });
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      logSeverityLevel: 3,
      extra: SESSION_CONFIG,
      ...(external.length > 0 ? { externalData: external } : {}),
    });
    return new RuntimeSession(session);
  }

  async run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    const results = await this.session.run(
      Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toRuntime(tensor)])),
    );
    return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, fromRuntime(value)]));
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

function toRuntime({ dtype, data, shape }: Tensor): ort.Tensor {
  return new ort.Tensor(dtype, data as never, shape);
}

function fromRuntime(value: ort.OnnxValue): Tensor {
  const { type, dims, data } = value as ort.Tensor;
  return { dtype: type as DType, shape: dims, data: data as TensorData };
}
