import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jvp, vjp } from '../../src/autodiff/differentiate';
import { Engine } from '../../src/engine/engine';
import { ort } from '../../src/engine/ort';
import { sessionOptions } from '../../src/engine/runtime';
import { emit } from '../../src/backend/emit';
import type { Value } from '../../src/graph/graph';
import type { Tensor } from '../../src/graph/tensor';
import { sizeOf, tensor } from '../../src/graph/tensor';
import { writeModel } from '../../src/onnx/write';
import { lowerCase } from './lowerCase';
import type { NodeCase } from './nodeCase';
import { gaussians } from './projection';

/** Where ONNX Runtime runs the nodes of a case's value, gradient and Hessian product. */
export interface Placement {
  /** Number of nodes that run on the device. */
  device: number;
  /** Operators that the provider leaves to the CPU. */
  cpu: string[];
}

interface NodeEvent {
  cat: string;
  name: string;
  args: { op_name?: string; provider?: string };
}

/** Nodes that the runtime adds to move tensors between CPU and device. They are not part of the graph. */
const COPIES = new Set(['MemcpyFromHost', 'MemcpyToHost']);

/**
 * Runs y(x), x̄ = (∂y/∂x)ᵀ·ȳ and ẋ ↦ ∂x̄/∂x·ẋ of a case in float32 on the WebGPU provider. The runtime's profiler names
 * the provider of every node that ran. Weights and data are fed, so that the runtime folds nothing away.
 * @throws Error where the provider has no device or fails
 */
export async function placementOf(nodeCase: NodeCase): Promise<Placement> {
  const engine = new Engine({ provider: 'cpu', threads: 1 });
  const folder = await mkdtemp(join(tmpdir(), 'ridgeline-placement-'));
  try {
    const { g, inputs, feeds, moving, outputs } = await lowerCase(nodeCase, 'float32', engine);
    const draw = gaussians(3);
    const fed: Record<string, Value> = { ...inputs };
    const given: Record<string, Tensor> = { ...feeds };
    const extra = (name: string, { dtype, shape }: Value): Value => {
      given[name] = tensor(dtype, shape, draw(sizeOf(shape)));
      return (fed[name] = g.input(name, dtype, shape));
    };
    const values = Object.values(outputs);
    const bars = vjp(
      g,
      values,
      values.map((y, i) => extra(`bar ${i}`, y)),
      moving,
    );
    const gradient = bars.filter((bar) => bar !== null);
    const products = jvp(
      g,
      gradient,
      moving,
      moving.map((x, i) => extra(`dot ${i}`, x)),
    );
    const wanted = [...values, ...gradient, ...products.filter((product) => product !== null)];
    const graph = emit(g, fed, Object.fromEntries(wanted.map((value, i) => [`out ${i}`, value])), new Map());
    const session = await ort.InferenceSession.create(
      writeModel({ graph, opset: graph.opset, externalFrom: Infinity }).bytes,
      {
        ...sessionOptions(graph, { provider: 'webgpu', threads: 1 }),
        enableProfiling: true,
        profileFilePrefix: join(folder, 'profile'),
      },
    );
    const feedsOf = graph.inputs.map(({ name }) => name);
    await session.run(
      Object.fromEntries(
        feedsOf.map((name) => [name, new ort.Tensor(given[name].dtype, given[name].data as never, given[name].shape)]),
      ),
    );
    session.endProfiling();
    await session.release();
    return placementIn(await profileIn(folder));
  } finally {
    await engine.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

async function profileIn(folder: string): Promise<NodeEvent[]> {
  const [file] = await readdir(folder);
  return JSON.parse(await readFile(join(folder, file), 'utf8')) as NodeEvent[];
}

function placementIn(events: readonly NodeEvent[]): Placement {
  const ran = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'));
  const nodes = ran.filter(({ args }) => !COPIES.has(args.op_name ?? ''));
  const onCpu = nodes.filter(({ args }) => args.provider === 'CPUExecutionProvider');
  return {
    device: nodes.length - onCpu.length,
    cpu: [...new Set(onCpu.map(({ args }) => args.op_name ?? ''))].sort(),
  };
}
