import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { curvatureOf, sampleAround, slopeOf } from '../../src/analysis/checks/finiteDifferences';
import { Engine } from '../../src/engine/engine';
import type { Tensor } from '../../src/graph/tensor';
import { sizeOf } from '../../src/graph/tensor';
import { gaussianVector, random } from '../../src/numerics/random';
import { dot, norm, scaled } from '../../src/numerics/vectors';
import { lowerModel } from '../../src/model/lowered';
import { prepareModel } from '../../src/model/prepared';
import { trainedNames } from '../../src/model/trained';
import type { Objective } from '../../src/objective/objective';
import { openObjective } from '../../src/objective/open/openObjective';
import { GENERATED_DATA } from '../../src/options/options';
import { resolveOptions } from '../../src/options/presets';
import { readModel } from '../../src/onnx/read';
import { randomModel } from './randomWeights';

/** A derivative from the graph, and the same derivative from differences of the loss. */
export interface Comparison {
  what: string;
  exact: number;
  difference: number;
  /** Distance of the two, relative to the exact one. */
  error: number;
}

/** Largest allowed distance, relative to the exact derivative. */
export const TOLERANCE = 1e-2;

/** Largest length of the direction, relative to the weights. The largest step of the differences is a quarter of it. */
const STEP = 0.01;
/** Largest first-order change of the loss along the direction, in units of the loss. */
const LOSSES = 6;

/**
 * Compares the derivatives of a network along its gradient with central differences. For gᵀd it takes the differences
 * on the smooth piece that the weights lie on. Second differences would step over kinks that the Hessian does not have,
 * so it checks dᵀHd, and gᵀd once more, on the network with Softplus and AveragePool in place of Relu and MaxPool.
 * @param folder where the models with random weights are written
 */
export async function checkNetwork(path: string, folder: string, seed = 0): Promise<Comparison[]> {
  const file = join(folder, 'random.onnx');
  const measure = async (smooth: boolean) => {
    await writeRandomNetwork(path, file, { seed, smooth });
    const options = resolveOptions({ data: GENERATED_DATA, batch: 1, samples: 1, provider: 'cpu', seed });
    const { objective } = await openObjective(file, options);
    try {
      return await alongGradient(objective, smooth);
    } finally {
      await objective.dispose();
    }
  };
  return [...(await measure(false)), ...(await measure(true))];
}

/**
 * Writes the network with seeded random weights. Residual sums grow with depth, and a saturated Softmax has no
 * derivatives left to measure, so the last layer is scaled until the logits have a standard deviation of at most 1.
 */
export async function writeRandomNetwork(
  path: string,
  file: string,
  { seed, smooth }: { seed: number; smooth: boolean },
): Promise<void> {
  const model = await readModel(path);
  await writeFile(file, randomModel(model, { seed, smooth }));
  const spread = await logitSpread(file, seed);
  await writeFile(file, randomModel(model, { seed, smooth, lastLayer: Math.min(1, 1 / spread) }));
}

async function alongGradient(objective: Objective, smooth: boolean): Promise<Comparison[]> {
  const gradient = await objective.gradient();
  const { loss } = await objective.value();
  const length = norm(gradient);
  const d = scaled(Math.min((STEP * norm(objective.theta)) / length, (LOSSES * loss) / length ** 2), gradient);
  const curve = await sampleAround(objective, d, { piece: !smooth });
  const slope = slopeOf(curve);
  const first = comparison(smooth ? 'slope, smooth' : 'slope', dot(gradient, d), slope.value);
  if (!smooth) return [first];
  const [product] = await objective.products('hessian', [d]);
  return [first, comparison('curvature, smooth', dot(d, product), curvatureOf(curve).value)];
}

/** Standard deviation of the logits over the classes, for one random input. */
async function logitSpread(path: string, seed: number): Promise<number> {
  const prepared = prepareModel(await readModel(path));
  const engine = new Engine({ provider: 'cpu', threads: 1 });
  try {
    const shapes = Object.fromEntries(prepared.source.inputs.map(({ name, shape }) => [name, shape.map(Number)]));
    const { g, inputs, outputs, parameters } = await lowerModel(
      prepared,
      shapes,
      trainedNames(prepared, [], path),
      engine,
    );
    const [output] = Object.values(outputs);
    const logits = output.node?.op === 'Softmax' ? output.node.inputs[0] : output;
    const constants = new Map(parameters.map(({ value, tensor }) => [value, tensor]));
    const program = await engine.compile(g, { inputs, outputs: { logits }, constants });
    const feeds = Object.entries(shapes).map(([name, shape]): [string, Tensor] => [
      name,
      { dtype: 'float32', shape, data: gaussianVector(sizeOf(shape), random(seed, name)) },
    ]);
    const data = (await program.run(Object.fromEntries(feeds))).logits.data as Float32Array;
    const mean = data.reduce((sum, v) => sum + v, 0) / data.length;
    return Math.sqrt(data.reduce((sum, v) => sum + (v - mean) ** 2, 0) / data.length);
  } finally {
    await engine.dispose();
  }
}

function comparison(what: string, exact: number, difference: number): Comparison {
  return { what, exact, difference, error: Math.abs(difference - exact) / Math.abs(exact) };
}
