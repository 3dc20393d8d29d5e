import { batches } from '../../data/batches';
import type { Dataset } from '../../data/dataset';
import type { Engine } from '../../engine/engine';
import type { Tensor } from '../../graph/tensor';
import { sizeOf, tensor } from '../../graph/tensor';
import { filtersOf } from './filters';
import type { GraphSizes } from '../resources/graphSizes';
import type { LossGraph } from '../run/lossGraph';
import { TARGET, WEIGHTS } from '../run/lossGraph';
import type { MemoryPlan } from '../resources/memoryPlan';
import type { PreparedModel } from '../../model/prepared';
import type { ParameterTensor } from '../objective';
import { OnnxObjective } from '../run/onnxObjective';
import { LossPrograms } from '../run/programs';

/** Slices of θ in the order of the graph's parameters. */
export function parameterTensors({ parameters }: LossGraph, { source }: PreparedModel): ParameterTensor[] {
  let offset = 0;
  return parameters.map(({ name, value: { shape } }) => {
    const count = sizeOf(shape);
    const parameter = { name, shape, offset, count, filters: filtersOf(source, name, shape) };
    offset += count;
    return parameter;
  });
}

/**
 * Makes the objective on any engine. θ is the one copy of the weights from here on: the tensors of the model file are
 * not kept alive by what this returns.
 */
export function objectiveMaker(
  { parameters: loaded, ...rest }: LossGraph,
  parameters: readonly ParameterTensor[],
  data: Dataset,
  memory: MemoryPlan,
  sizes: GraphSizes,
): (engine: Engine) => OnnxObjective {
  const theta = new Float32Array(rest.dim);
  for (const [i, { offset }] of parameters.entries()) theta.set(loaded[i].tensor.data as Float32Array, offset);
  const views = loaded.map(({ name, value }, i) => {
    const { shape, offset, count } = parameters[i];
    return { name, value, tensor: { dtype: 'float32' as const, shape, data: theta.subarray(offset, offset + count) } };
  });
  return objectiveOf({ ...rest, parameters: views }, parameters, theta, data, memory, sizes);
}

function objectiveOf(
  graph: LossGraph,
  parameters: readonly ParameterTensor[],
  theta: Float32Array,
  data: Dataset,
  memory: MemoryPlan,
  sizes: GraphSizes,
): (engine: Engine) => OnnxObjective {
  const total = data.weights?.reduce((sum, weight) => sum + weight, 0);
  const feeds = [...batches(data, graph.batchSize)].map(({ inputs, target, start, count }) => {
    const weights = data.weights?.slice(start, start + count).map((weight) => weight / total!) ?? null;
    return {
      count,
      weights,
      tensors: {
        ...inputs,
        ...(target ? { [TARGET]: target } : {}),
        [WEIGHTS]: sampleWeights({ count, weights }, graph.batchSize, data.samples),
      },
    };
  });
  const { samples } = data;
  return (engine) =>
    new OnnxObjective({
      programs: new LossPrograms(graph, engine, memory.programBytes),
      engine,
      parameters,
      theta,
      batches: feeds,
      samples,
      perBatch: graph.head.perSample.shape.length === 0,
      residualBytes: memory.residualBytes,
      block: memory.block,
      sizes,
      dispose: () => engine.dispose(),
    });
}

/** Its share for each sample that is meant, 1/N where all count the same; 0 for those that only fill the last batch. */
function sampleWeights(
  { count, weights }: { count: number; weights: Float64Array | null },
  batchSize: number,
  samples: number,
): Tensor {
  const share = (i: number) => (weights ? weights[i] : 1 / samples);
  return tensor(
    'float64',
    [batchSize],
    Array.from({ length: batchSize }, (_, i) => (i < count ? share(i) : 0)),
  );
}
