import { join } from 'node:path';
import { openObjective } from '../../../src/objective/open/openObjective';
import { GENERATED_DATA } from '../../../src/options/options';
import { resolveOptions } from '../../../src/options/presets';
import { extremeEigenpairs } from '../../../src/spectrum/extremes';
import type { SymmetricOperator } from '../../../src/spectrum/operator';
import { slq } from '../../../src/spectrum/slq';
import { medianMilliseconds, milliseconds, peakBytes } from '../clock';
import { onnxObjective, vectorsOf } from '../kernels';
import { writeNetwork } from '../networks/writeNetwork';
import { FAMILIES, SLQ_OPERATOR_DIM } from './families';
import type { GrowthFamily, GrowthWork } from './families';

export interface GrowthFigures {
  /** The growing quantity: the family's size, or the number of parameters of its network. */
  amount: number;
  seconds: number;
  /** Peak memory of the process beyond what it held before the work. */
  bytes: number;
}

const BUDGET = 1000;
const LANCZOS_STEPS = 30;
const GIB = 2 ** 30;

/** Measures time and memory of a family at one size. */
export async function measurePoint(family: string, size: number, folder: string): Promise<GrowthFigures> {
  const chosen = FAMILIES[family];
  return measures[chosen.work](chosen, size, folder);
}

type Measure = (family: GrowthFamily, size: number, folder: string) => Promise<GrowthFigures>;

const measures: Record<GrowthWork, Measure> = {
  product: (family, size, folder) =>
    withNetwork(family, size, folder, async (objective) => {
      await objective.prepare('hessian', 1);
      const vectors = vectorsOf(objective, 1);
      return (await medianMilliseconds(() => objective.products('hessian', vectors), BUDGET)) / 1000;
    }),
  build: (family, size, folder) =>
    withNetwork(
      family,
      size,
      folder,
      async (objective) => (await milliseconds(() => objective.prepare('hessian', 1))) / 1000,
    ),
  async lanczos(_, dim) {
    const before = peakBytes();
    const { op } = diagonal(dim);
    // With a tolerance of 0, no pair counts as converged and every step is done.
    const request = { top: 5, bottom: 0, seed: 0, tolerance: 0, maxProducts: LANCZOS_STEPS, memoryBytes: GIB } as const;
    const all = () => extremeEigenpairs(op, { ...request, repeated: 'never' });
    const seconds = (await milliseconds(all)) / 1000;
    return { amount: dim, seconds, bytes: peakBytes() - before };
  },
  async slq({ density }, size) {
    const before = peakBytes();
    const { op, spent } = diagonal(SLQ_OPERATOR_DIM);
    const all = await milliseconds(() => slq(op, { ...density!(size), seed: 0, memoryBytes: GIB }));
    return { amount: size, seconds: (all - spent()) / 1000, bytes: peakBytes() - before };
  },
};

async function withNetwork(
  { network, unit }: GrowthFamily,
  size: number,
  folder: string,
  work: (objective: ReturnType<typeof onnxObjective>) => Promise<number>,
): Promise<GrowthFigures> {
  const path = join(folder, 'model.onnx');
  const model = network!(size);
  await writeNetwork(path, model);
  const before = peakBytes();
  const batch = Number(model.graph.inputs[0].shape![0]);
  // One thread is used, so that waiting for other threads does not distort the growth.
  const options = { data: GENERATED_DATA, batch, loss: 'cross_entropy', provider: 'cpu', threads: 1 } as const;
  const { objective: opened } = await openObjective(path, resolveOptions(options));
  const objective = onnxObjective(opened);
  try {
    const seconds = await work(objective);
    return { amount: unit === 'parameters' ? objective.dim : size, seconds, bytes: peakBytes() - before };
  } finally {
    await objective.dispose();
  }
}

/** The operator diag(1, 1/2, 1/3, …), with the time in milliseconds that its products have taken so far. */
function diagonal(dim: number): { op: SymmetricOperator; spent: () => number } {
  let spent = 0;
  const op: SymmetricOperator = {
    dim,
    apply: (vectors) => {
      const start = performance.now();
      const products = vectors.map((vector) => vector.map((v, i) => v / (i + 1)));
      spent += performance.now() - start;
      return Promise.resolve(products);
    },
  };
  return { op, spent: () => spent };
}
