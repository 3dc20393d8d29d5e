import { Engine } from '../../engine/engine';
import type { ChosenProvider } from '../../engine/probe';
import type { StoredGraphs } from '../../engine/storedGraphs';
import { operatorsOf } from '../../graph/sourceIndex';
import type { NetworkStructure } from '../../model/layers/structure';
import { unitIndices } from '../../model/layers/indices';
import { networkUnits } from '../../model/layers/structure';
import { weightRoles } from '../../model/layers/weights';
import { rescalingSentence, rescalingSymmetry } from '../../model/rescaling';
import { mixesSamples } from '../../model/trainingMode';
import type { OnnxModel } from '../../onnx/model';
import { machineBytes } from '../../options/memory';
import type { ModelSummary } from '../../report/report';
import type { ParameterTensor } from '../objective';
import { examineNumerics } from '../../ownGraph/examineNumerics';
import type { LossGraph } from '../run/lossGraph';
import { planResources } from '../resources/planResources';
import type { OnnxObjective } from '../run/onnxObjective';
import type { AppendedLoss } from './appendLoss';
import { appendLoss } from './appendLoss';
import type { BindRequest, BoundLoss } from './bindLoss';
import { bindLoss } from './bindLoss';
import { staticBatch } from './inputSpecs';
import { featuresOf } from './features';
import type { Noted } from './noted';
import { objectiveMaker, parameterTensors } from './objectiveMaker';
import type { OpenedOnEngine } from './openedObjective';
import { toldOf, unsupportedBetween } from './unsupported';

/** The model, the data and the options, which do not depend on the provider. */
export interface OpenRequest extends Omit<BindRequest, 'engine'> {
  /** All threads that the analysis may take. */
  threads: number;
  graphs: StoredGraphs | null;
  /** Seconds that reading model and data took. */
  load: number;
  /** Opens the same loss with batches of one sample; null where the file fixes another size. */
  singly?: () => Promise<OnnxObjective | null>;
}

interface PreparedLoss extends BoundLoss, AppendedLoss {
  /** The loss of the test data. It is `graph` itself unless another share of the positions has a target. */
  testGraph: LossGraph;
}

/**
 * Opens the objective on one provider: binds the loss, appends it to the graph, plans the resources, makes the
 * objective.
 * @throws UserError when model, data and loss do not fit together
 */
export async function openOnProvider(chosen: ChosenProvider, request: OpenRequest): Promise<OpenedOnEngine> {
  const { model, prepared, data, options, threads, graphs } = request;
  const { provider } = chosen;
  // Only this thread can be profiled, and a device has a single queue.
  const laneThreads = provider === 'cpu' && !options.profile ? threads : 1;
  const started = performance.now();
  let engine = new Engine({ provider, threads, profile: options.profile, graphs });
  try {
    const loss = await prepareLoss(provider, { ...request, threads: laneThreads, engine });
    const { lowered, output, choice, graph, batchSize } = loss.value;
    const unsupported = unsupportedBetween(graph.parameters, [graph.head.perSample]);
    const canDifferentiate = unsupported.nodes.length === 0;
    const told = canDifferentiate ? null : toldOf(unsupported);
    const { samples } = loss.value.data;
    const size = { output, inputs: lowered.inputs, dim: graph.dim, samples, batchSize };
    const plan = planResources({ ...size, canDifferentiate, provider, laneThreads, threads }, options);
    const { lanes, batches } = plan;
    const parameters = parameterTensors(graph, prepared, request.statistics);
    // A sample has a gradient of its own only if it has a loss of its own that no other sample affects.
    const isOwn = graph.head.perSample.shape.length > 0 && !mixesSamples(prepared.source);
    const { test, testGraph } = loss.value;
    const { on, testOf, whyNotFinite } = objectiveMaker(graph, parameters, loss.value.data, {
      ...plan,
      singly: (isOwn && request.singly) || null,
      test: test && { graph: testGraph, data: test.data },
    });
    if (lanes > 1) {
      await engine.dispose();
      engine = new Engine({ provider, threads: Math.max(1, Math.floor(threads / lanes)), lanes, graphs });
    }
    const used = engine;
    let known: NetworkStructure | undefined;
    const structure = (): NetworkStructure =>
      (known ??= {
        ...networkUnits([graph.head.perSample, graph.head.prediction], graph.parameters),
        weights: weightRoles(prepared.source, parameters),
      });
    const objective = on(used);
    // The weights stay out: θ is the only copy of them, and an examination reads the file again.
    const { classification, source } = prepared;
    const examined = {
      path: model.path,
      sha256: model.sha256,
      prepared: { classification, source: { inputs: source.inputs } },
      data: loss.value.data,
      batchSize,
      fixedBatch: staticBatch(source),
      threads,
      memoryBytes: options.memoryBytes ?? machineBytes(),
    };
    const limits = [told, plan.short].filter((note) => note !== null);
    return {
      objective,
      test: testOf(objective),
      on,
      testOf,
      whyNotFinite,
      numerics: (asked) => examineNumerics(examined, asked),
      profile: () => used.profile(),
      model: summary(model, parameters),
      function: choice.loss,
      reads: loss.value.reads,
      curvature: graph.head.curvature,
      classes: choice.classes ?? undefined,
      chanceLoss: choice.chance?.loss,
      chanceAccuracy: choice.chance?.accuracy ?? undefined,
      batchSize,
      drawnFrom: data.drawnFrom,
      batches,
      lanes,
      provider: { requested: options.provider, used: provider, device: chosen.device, fallbacks: chosen.fallbacks },
      dataSha256: data.sha256,
      testSource: test?.data.source,
      generated: data.generated,
      notes: [...prepared.notes, ...data.notes, ...loss.notes, ...limits, ...choice.notes],
      remarks: [...(data.remarks ?? []), ...(loss.remarks ?? [])],
      canDifferentiate,
      unsupported: told,
      operators: operatorsOf(prepared.source),
      structure,
      indices: () => unitIndices([graph.head.perSample, graph.head.prediction], graph.parameters),
      features: () => featuresOf(structure().weights, loss.value.data),
      symmetry: () => rescalingSentence(rescalingSymmetry(structure())),
      productError: null,
      memory: plan.need,
      basisBytes: plan.memory.basisBytes,
      passSeconds: plan.passSeconds,
      graphSeconds: plan.graphSeconds,
      seconds: { load: request.load, compile: (performance.now() - started) / 1000 },
    };
  } catch (fault) {
    await engine.dispose();
    throw fault;
  }
}

async function prepareLoss(provider: ChosenProvider['provider'], request: BindRequest): Promise<Noted<PreparedLoss>> {
  const { value: bound, ...told } = await bindLoss(request);
  const appended = appendLoss(bound, provider === 'cpu');
  const { test, choice } = bound;
  const isSame = !test || test.choice.positions === choice.positions;
  const testGraph = isSame ? appended.graph : appendLoss({ ...bound, ...test }, provider === 'cpu').graph;
  return { value: { ...bound, ...appended, testGraph }, ...told };
}

function summary({ path, sha256, opsets, producer }: OnnxModel, parameters: readonly ParameterTensor[]): ModelSummary {
  return {
    path,
    sha256,
    opset: opsets[''] ?? 0,
    producer,
    parameterCount: parameters.reduce((sum, { count }) => sum + count, 0),
    parameters: parameters.map(({ name, label, shape, count }) => ({
      name,
      ...(label && { label }),
      shape: [...shape],
      count,
    })),
  };
}
