import { batches } from '../../data/batches';
import type { Dataset } from '../../data/dataset';
import type { Engine } from '../../engine/engine';
import type { Tensor } from '../../graph/tensor';
import { sizeOf, tensor } from '../../graph/tensor';
import { chanceOf } from '../../loss/chanceLoss';
import { filtersOf } from './filters';
import type { GraphSizes } from '../resources/graphSizes';
import type { LossGraph } from '../run/lossGraph';
import { TARGET, WEIGHTS } from '../run/lossGraph';
import type { MemoryPlan } from '../resources/memoryPlan';
import { parameterLabels } from '../../model/parameterLabels';
import type { PreparedModel } from '../../model/prepared';
import type { ParameterTensor } from '../objective';
import { findNonFinite } from '../run/nonFinite';
import type { NonFiniteFigure } from '../run/nonFiniteText';
import { OnnxObjective } from '../run/onnxObjective';
import type { OnnxObjectiveOptions } from '../run/onnxObjective';
import type { PointPlan } from '../resources/pointPlan';
import { PointRuns } from '../run/pointRuns';
import { LossPrograms } from '../run/programs';
import type { WeightedBatch } from '../run/span';

/**
 * Slices of θ in the order of the graph's parameters.
 * @param statistics names of those that are running statistics
 */
export function parameterTensors(
  { parameters }: LossGraph,
  { source }: PreparedModel,
  statistics: readonly string[] = [],
): ParameterTensor[] {
  let offset = 0;
  const labels = parameterLabels(
    source,
    parameters.map(({ name }) => name),
  );
  return parameters.map(({ name, value: { shape } }) => {
    const count = sizeOf(shape);
    const filters = filtersOf(source, name, shape);
    const isStatistic = statistics.includes(name) ? { statistic: true as const } : {};
    const label = labels.get(name);
    const parameter = { name, ...(label && { label }), shape, offset, count, filters, ...isStatistic };
    offset += count;
    return parameter;
  });
}

/** An objective that can be made on any engine, and the questions that need no particular engine. */
export interface MadeObjective {
  on(engine: Engine): OnnxObjective;
  /** The same objective over the test data; null where there are none. */
  testOf(objective: OnnxObjective): OnnxObjective | null;
  /** Finds the sample and the operator that make loss or gradient NaN or ∞; null where every sample is finite alone. */
  whyNotFinite(figure: 'loss' | 'gradient'): Promise<NonFiniteFigure | null>;
}

interface MakerOptions {
  memory: MemoryPlan;
  /** How points are measured side by side; null where they are not. */
  points: PointPlan | null;
  sizes: GraphSizes;
  singly: OnnxObjectiveOptions['singly'];
  /** The loss over the test data; null where there are none. */
  test: { graph: LossGraph; data: Dataset } | null;
}

/**
 * Returns a maker of objectives for a graph and data. From here on θ is the only copy of the weights: the result does
 * not keep the tensors of the model file alive.
 */
export function objectiveMaker(
  loaded: LossGraph,
  parameters: readonly ParameterTensor[],
  data: Dataset,
  { memory, points, sizes, singly, test }: MakerOptions,
): MadeObjective {
  const { graph, theta } = withFlatWeights(loaded, parameters);
  const feeds = weightedBatches(data, graph.batchSize);
  const variance = targetVariance(graph, data);
  const testFeeds = test && weightedBatches(test.data, graph.batchSize);
  const pointRuns = ({ options: { threads, graphs } }: Engine, { lanes, startAfter }: PointPlan) =>
    new PointRuns({
      lanes: Math.min(lanes, threads),
      startAfter,
      graph,
      batches: feeds,
      keptBytes: memory.residualBytes,
      programBytes: memory.programBytes,
      graphs: graphs ?? null,
    });
  // Another number of positions with a target makes another loss, and so other programs.
  const ofTest = test && test.graph !== loaded ? { ...test.graph, parameters: graph.parameters } : null;
  return {
    whyNotFinite: (figure) => findNonFinite(graph, feeds, figure),
    testOf: (objective) =>
      testFeeds &&
      objective.over(testFeeds, targetVariance(test.graph, test.data), (engine, programs) =>
        ofTest ? new LossPrograms(ofTest, engine, memory.programBytes) : programs,
      ),
    on: (engine) => {
      const side = points && engine.options.threads > 1 ? pointRuns(engine, points) : null;
      return new OnnxObjective({
        programs: new LossPrograms(graph, engine, memory.programBytes),
        engine,
        parameters,
        theta,
        batches: feeds,
        samples: data.samples,
        targetVariance: variance,
        perBatch: graph.head.perSample.shape.length === 0,
        residualBytes: memory.residualBytes,
        block: memory.block,
        points: side,
        sizes,
        singly,
        dispose: async () => {
          await side?.dispose();
          await engine.dispose();
        },
      });
    },
  };
}

/** Copies the weights to θ, and returns it with a graph whose parameters are views of θ. */
function withFlatWeights(
  graph: LossGraph,
  parameters: readonly ParameterTensor[],
): { graph: LossGraph; theta: Float32Array } {
  const theta = new Float32Array(graph.dim);
  const views = graph.parameters.map(({ name, value, tensor: { data } }, i) => {
    const { shape, offset, count } = parameters[i];
    theta.set(data as Float32Array, offset);
    return { name, value, tensor: { dtype: 'float32' as const, shape, data: theta.subarray(offset, offset + count) } };
  });
  return { graph: { ...graph, parameters: views }, theta };
}

/** Variance of the targets around the mean of each output; null unless they are numbers that vary. */
function targetVariance({ head }: LossGraph, { target, weights }: Dataset): number | null {
  if (!head.squaredError || !target) return null;
  // The best constant answer to numbers is their mean, whose mean squared error is the variance.
  const variance = chanceOf({ loss: 'mse', target, classes: null, weights })?.loss ?? 0;
  return variance > 0 ? variance : null;
}

/** Splits the data into batches, each with the weight of its samples in the mean. */
function weightedBatches(data: Dataset, batchSize: number): WeightedBatch[] {
  const total = data.weights?.reduce((sum, weight) => sum + weight, 0) ?? data.samples;
  return [...batches(data, batchSize)].map(({ inputs, target, start, count }) => {
    const weights = data.weights?.slice(start, start + count).map((weight) => weight / total) ?? null;
    return {
      count,
      weights,
      tensors: {
        ...inputs,
        ...(target ? { [TARGET]: target } : {}),
        [WEIGHTS]: sampleWeights({ count, weights }, batchSize, data.samples),
      },
    };
  });
}

/** The share of each sample in the mean, 1/N for equal weights; 0 for samples that only fill the last batch. */
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
