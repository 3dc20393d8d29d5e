import { availableParallelism } from 'node:os';
import { OnnxObjective } from '../../src/objective/run/onnxObjective';
import { median } from '../../src/numerics/statistics';
import { inspectModel } from '../../src/objective/open/inspectModel';
import type { Objective } from '../../src/objective/objective';
import { openObjective } from '../../src/objective/open/openObjective';
import { resolveOptions } from '../../src/options/presets';
import { medianMilliseconds, milliseconds, peakBytes } from './clock';
import { disagreementWithCpu } from './agreement';
import { matrixProductRate } from './machine';
import type { BenchSettings } from './settings';
import type { Subject } from './subjects';
import { topOfProduct } from './topOfProduct';
import type { ProductProfile } from './topOfProduct';

/** Times in milliseconds over the whole data set. Those of products are per vector. */
export type KernelTimes = Record<
  'loss' | 'plane' | 'gradient' | 'hvp' | 'hvp4' | 'hvp8' | 'hvpRecomputed' | 'ggnvp',
  number
>;

export interface KernelFigures {
  parameters: number;
  samples: number;
  batch: number;
  provider: string;
  /** Floating-point operations of one forward pass over the data. */
  flops: number;
  /** Rate of matrix products on this machine's CPU at that time, GFLOP/s. */
  rate: number;
  times: KernelTimes;
  /** Milliseconds to read model and data and compile what every analysis needs. `build` is for the Hessian product. */
  open: number;
  build: number;
  /** Size of the residuals kept for products of one vector, over all batches. */
  residualBytes: number;
  /** Peak memory of the process. `startBytes` is the peak before the model was read. */
  peakBytes: number;
  startBytes: number;
  /** Largest difference from the CPU's numbers, relative to the largest number; null on the CPU. */
  disagreement: number | null;
  profile: ProductProfile;
}

/** Times every kernel on one network. */
export async function measureKernels(
  { path, options: given }: Subject,
  settings: BenchSettings,
): Promise<KernelFigures> {
  const asked = { ...given, provider: settings.provider, ...(settings.threads ? { threads: settings.threads } : {}) };
  const { cost } = await inspectModel(path, resolveOptions(asked));
  const rate = await matrixProductRate(settings.threads ?? availableParallelism());
  const startBytes = peakBytes();
  const start = performance.now();
  const opened = await openObjective(path, resolveOptions(asked));
  const open = performance.now() - start;
  // Undivided, the objective builds a graph for each number of vectors that is timed.
  const objective = onnxObjective(opened.objective).undivided();
  let perBatch = 0;
  const build = await milliseconds(async () => (perBatch = await objective.prepare('hessian', 1)));
  const times = await timeAll(objective, settings.seconds * 1000);
  const figures = {
    parameters: objective.dim,
    samples: objective.samples,
    batch: opened.batchSize,
    provider: opened.provider.used,
    flops: (cost.flopsPerSample ?? 0) * objective.samples,
    rate,
    times,
    open,
    build,
    residualBytes: perBatch * Math.ceil(objective.samples / opened.batchSize),
    peakBytes: peakBytes(),
    startBytes,
  };
  // These two open the model once more, so they run after the peak was read.
  const disagreement = figures.provider === 'cpu' ? null : await disagreementWithCpu(objective, path, asked);
  await objective.dispose();
  return { ...figures, disagreement, profile: await topOfProduct(path, asked) };
}

/** Time spent on the forward pass before each kernel, as a share of the time for the kernel. */
const UNIT_SHARE = 1 / 4;

/**
 * Times all kernels. The forward pass is their unit and is timed again before each of them, so that a machine that
 * becomes slower or faster meanwhile affects both alike.
 */
async function timeAll(objective: OnnxObjective, budget: number): Promise<KernelTimes> {
  const units: number[] = [];
  const time = async (work: () => Promise<unknown>, count = 1) => {
    units.push(await medianMilliseconds(() => objective.value(), budget * UNIT_SHARE));
    return (await medianMilliseconds(work, budget)) / count;
  };
  const recomputing = objective.recomputing();
  const moved = directionOf(objective, 8);
  const times = {
    plane: await time(() => objective.plane(moved, null, [{ alpha: 0.01, beta: 0 }])),
    gradient: await time(() => objective.gradient()),
    hvp: await time(() => objective.products('hessian', vectorsOf(objective, 1))),
    hvp4: await time(() => objective.products('hessian', vectorsOf(objective, 4)), 4),
    hvp8: await time(() => objective.products('hessian', vectorsOf(objective, 8)), 8),
    hvpRecomputed: await time(() => recomputing.products('hessian', vectorsOf(objective, 1))),
    ggnvp: await time(() => objective.products('gaussNewton', vectorsOf(objective, 1))),
  };
  return { loss: median(units), ...times };
}

/** The objective of an opened file, as the class that has more methods than algorithms need. */
export function onnxObjective(objective: Objective): OnnxObjective {
  if (objective instanceof OnnxObjective) return objective;
  throw new Error('An objective that was opened from a file is an OnnxObjective.');
}

/** Dense deterministic vectors, made once per objective. Their values do not affect the time. */
export function vectorsOf({ dim }: Objective, count: number): Float32Array[] {
  for (let k = made.length; k < count; k++) made.push(wave(dim, k));
  if (made[0].length !== dim) made.splice(0, made.length, ...made.map((_, k) => wave(dim, k)));
  return made.slice(0, count);
}

const made: Float32Array[] = [];

const directionOf = ({ dim }: Objective, phase: number) => wave(dim, phase);

function wave(dim: number, phase: number): Float32Array {
  const vector = new Float32Array(dim);
  for (let i = 0; i < dim; i++) vector[i] = Math.sin(i * (phase + 1) + phase);
  return vector;
}
