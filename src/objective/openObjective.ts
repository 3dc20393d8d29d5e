import { availableParallelism, totalmem } from 'node:os';
import { batches } from '../data/batches';
import type { Dataset } from '../data/dataset';
import { Engine } from '../engine/engine';
import type { ChosenProvider } from '../engine/probe';
import { chooseProvider, cpuDevice } from '../engine/probe';
import { UserError } from '../errors';
import type { Value } from '../graph/graph';
import type { Tensor } from '../graph/tensor';
import { isFloat, sizeOf, tensor } from '../graph/tensor';
import { lossHead } from '../loss/head';
import { readModel } from '../onnx/read';
import type { OnnxModel } from '../onnx/model';
import type { LossName } from '../options/options';
import type { ResolvedOptions } from '../options/presets';
import type { ModelSummary, ProviderSummary } from '../report/report';
import { disagreement } from './agreement';
import type { LossChoice } from './bindLoss';
import { chooseLoss } from './bindLoss';
import { filtersOf } from './filters';
import { loadData, staticBatch } from './loadData';
import type { LossGraph } from './lossGraph';
import { TARGET, WEIGHTS } from './lossGraph';
import type { LoweredModel, PreparedModel } from './model';
import { activationBytes, checkFinite, lowerModel, prepareModel, reaching, trainedNames } from './model';
import type { Objective, ParameterTensor } from './objective';
import { OnnxObjective } from './onnxObjective';
import { LossPrograms } from './programs';

/** A model and its data, compiled and ready to be measured, with what a report says about them. */
export interface OpenedObjective {
  objective: Objective;
  model: ModelSummary;
  function: LossName;
  /** "logits of «output»" */
  reads: string;
  classes?: number;
  chanceLoss?: number;
  batchSize: number;
  provider: ProviderSummary;
  dataSha256: string;
  generated: boolean;
  /** Sentences about choices that were made and what limits the figures. */
  notes: string[];
  /** False: some operator on the way has no derivative, named in the notes; only losses can be measured. */
  canDifferentiate: boolean;
  seconds: { load: number; compile: number };
}

/** Share of the machine's memory that kept residuals may take. */
const RESIDUAL_SHARE = 1 / 4;
/** Intermediate results of a forward pass that one run should not exceed: beyond it caches and memory suffer. */
const ACTIVATION_BYTES = 32 * 2 ** 20;
/** A batch this large amortizes the cost of a run. */
const MOST_SAMPLES = 2048;
/** Samples of the trial graph that tells how large a batch may be. */
const TRIAL_SAMPLES = 16;
/** Vectors pushed through the tangent graph at once. */
const BLOCK = 8;

/**
 * Reads model and data, appends the loss, and prepares the graphs of its derivatives.
 * @throws UserError when model, data and loss do not fit together
 */
export async function openObjective(
  modelPath: string,
  options: ResolvedOptions,
  { signal }: { signal?: AbortSignal } = {},
): Promise<OpenedObjective> {
  const started = performance.now();
  const model = await readModel(modelPath);
  const prepared = prepareModel(model);
  checkFinite(prepared, model.path);
  const trained = trainedNames(prepared, options.parameters, model.path);
  const data = await loadData(modelPath, prepared.source, options);
  signal?.throwIfAborted();

  const threads = options.threads ?? availableParallelism();
  const chosen = await chooseProvider(options.provider, threads);
  const load = (performance.now() - started) / 1000;
  const request = { model, prepared, trained, data, options, threads, load };
  const opened = await openOn(chosen, request);
  if (chosen.provider === 'cpu') return opened;
  const cpu = { provider: 'cpu' as const, device: cpuDevice(threads) };
  const wrong = await compareWithCpu(opened, threads, signal);
  if (!wrong) return opened;
  await opened.objective.dispose();
  const reason = `${chosen.provider}: ${wrong}`;
  return openOn({ ...cpu, reason, fallbacks: [{ node: '(all)', operator: '(all)', reason }] }, request);
}

interface OpenRequest {
  model: OnnxModel;
  prepared: PreparedModel;
  trained: readonly string[];
  data: Dataset;
  options: ResolvedOptions;
  threads: number;
  /** Seconds it took to read model and data. */
  load: number;
}

async function openOn(chosen: ChosenProvider, request: OpenRequest): Promise<OpenedOnEngine> {
  const { model, prepared, trained, data, options, threads } = request;
  const started = performance.now();
  const engine = new Engine({ provider: chosen.provider, threads });
  try {
    const build = (size: number) => lowerModel(prepared, inputShapes(data, size), trained, engine);
    const notes = [...prepared.notes, ...data.notes];
    const { lowered, batchSize } = await lowerForData(build, prepared, data, options, notes);
    const [outputName, output] = chooseOutput(lowered, model.path);
    const labelled = data.generated ? await labelByModel(data, lowered, output, batchSize, engine) : data;
    const choice = chooseLoss(labelled, output, outputName, options.loss);
    const { graph, reads } = lossGraph(lowered, output, choice, batchSize, chosen.provider === 'cpu');
    const parameters = parameterTensors(graph, prepared);
    const on = (other: Engine) => makeObjective(graph, parameters, labelled, choice, other);
    const missing = lowered.missing.map((node) => `${node.op === 'Opaque' ? 'operator' : node.op} "${node.origin}"`);
    if (missing.length > 0) {
      notes.push(`No derivative for ${missing.join(', ')}: only losses are measured.`);
    }
    return {
      objective: on(engine),
      on,
      model: summary(model, parameters),
      function: choice.loss,
      reads,
      classes: choice.classes ?? undefined,
      chanceLoss: choice.chanceLoss ?? undefined,
      batchSize,
      provider: {
        requested: options.provider,
        used: chosen.provider,
        device: chosen.device,
        fallbacks: chosen.fallbacks,
      },
      dataSha256: data.sha256,
      generated: data.generated,
      notes: [...notes, ...choice.notes],
      canDifferentiate: missing.length === 0,
      seconds: { load: request.load, compile: (performance.now() - started) / 1000 },
    };
  } catch (fault) {
    await engine.dispose();
    throw fault;
  }
}

interface OpenedOnEngine extends OpenedObjective {
  objective: OnnxObjective;
  /** The same objective on another engine. */
  on(engine: Engine): OnnxObjective;
}

/** Why a device is not to be trusted with this model, from its first batch; null when it is. */
async function compareWithCpu(opened: OpenedOnEngine, threads: number, signal?: AbortSignal): Promise<string | null> {
  const cpu = opened.on(new Engine({ provider: 'cpu', threads }));
  try {
    return await disagreement(opened.objective.firstBatch(), cpu.firstBatch(), opened.canDifferentiate, signal);
  } finally {
    await cpu.dispose();
  }
}

function inputShapes(data: Dataset, batch: number): Record<string, readonly number[]> {
  return Object.fromEntries(Object.entries(data.inputs).map(([name, { shape }]) => [name, [batch, ...shape.slice(1)]]));
}

/**
 * Lowers the model for a batch size: the one asked for, else as many samples as memory suggests, else, where the file
 * was exported for a fixed size and means it, that one.
 */
async function lowerForData(
  build: (batch: number) => Promise<LoweredModel>,
  { source }: PreparedModel,
  data: Dataset,
  options: ResolvedOptions,
  notes: string[],
): Promise<{ lowered: LoweredModel; batchSize: number }> {
  const fixed = staticBatch(source);
  const trialSize = Math.min(options.batch ?? TRIAL_SAMPLES, data.samples);
  const attempt = async (size: number) => {
    const lowered = await build(size);
    const follows = Object.values(lowered.outputs).every(({ shape }) => shape.length === 0 || shape[0] === size);
    return follows || size === fixed || size === data.samples ? { lowered, batchSize: size } : null;
  };
  try {
    const trial = await attempt(trialSize);
    if (trial) {
      const size = options.batch ? trialSize : batchSizeFor(trial.lowered, trialSize, data.samples);
      return size === trialSize ? trial : ((await attempt(size)) ?? trial);
    }
  } catch (fault) {
    if (fixed === null || fixed === trialSize) throw fault;
  }
  const size = fixed ?? data.samples;
  if (fixed !== null) notes.push(`The model was exported for batches of ${fixed} and is run so.`);
  return { lowered: await build(size), batchSize: size };
}

/** As many samples as keep intermediate results in bounds, in batches of nearly equal size. */
function batchSizeFor({ outputs }: LoweredModel, trialSize: number, samples: number): number {
  const perSample = activationBytes(Object.values(outputs)) / trialSize;
  const most = Math.min(Math.max(1, Math.floor(ACTIVATION_BYTES / perSample)), MOST_SAMPLES, samples);
  return Math.ceil(samples / Math.ceil(samples / most));
}

/** The first floating output. */
function chooseOutput({ outputs }: LoweredModel, path: string): [string, Value] {
  const found = Object.entries(outputs).find(([, value]) => isFloat(value.dtype));
  if (found) return found;
  throw new UserError({ what: 'The model has no floating-point output to take a loss of.', where: [path] });
}

/** The model's own answers to random inputs as their targets. */
async function labelByModel(
  data: Dataset,
  lowered: LoweredModel,
  output: Value,
  batchSize: number,
  engine: Engine,
): Promise<Dataset> {
  const constants = new Map(lowered.parameters.map(({ value, tensor: t }) => [value, t]));
  const program = await engine.compile(lowered.g, { inputs: lowered.inputs, outputs: { answer: output }, constants });
  const size = sizeOf(output.shape.slice(1));
  const answers = new Float32Array(data.samples * size);
  for (const { inputs, start, count } of batches(data, batchSize)) {
    const { answer } = await program.run(inputs);
    answers.set((answer.data as Float32Array).subarray(0, count * size), start * size);
  }
  await program.release();
  return { ...data, target: { dtype: 'float32', shape: [data.samples, ...output.shape.slice(1)], data: answers } };
}

function lossGraph(
  lowered: LoweredModel,
  output: Value,
  choice: LossChoice,
  batchSize: number,
  onCpu: boolean,
): { graph: LossGraph; reads: string } {
  const { g, inputs } = lowered;
  // float64 has kernels on the CPU only; elsewhere it would cost a trip there and back.
  const precision = onCpu ? 'float64' : 'float32';
  const target = choice.target && g.input(TARGET, choice.target.dtype, [batchSize, ...choice.target.shape.slice(1)]);
  const head = lossHead(g, { ...choice, output, target, precision });
  const parameters = reaching(lowered.parameters, head.prediction);
  if (parameters.length === 0) {
    throw new UserError({
      what: 'No parameter of the model reaches the loss.',
      action: 'Check --parameters, and with `ridgeline inspect MODEL` which tensors count as parameters.',
    });
  }
  const graph: LossGraph = {
    g,
    data: target ? { ...inputs, [TARGET]: target } : inputs,
    weights: g.input(WEIGHTS, 'float64', [batchSize]),
    parameters,
    head,
    batchSize,
    dim: parameters.reduce((sum, { value }) => sum + sizeOf(value.shape), 0),
  };
  return { graph, reads: head.reads };
}

function parameterTensors({ parameters }: LossGraph, { source }: PreparedModel): ParameterTensor[] {
  let offset = 0;
  return parameters.map(({ name, value: { shape } }) => {
    const count = sizeOf(shape);
    const parameter = { name, shape, offset, count, filters: filtersOf(source, name, shape) };
    offset += count;
    return parameter;
  });
}

function makeObjective(
  graph: LossGraph,
  parameters: readonly ParameterTensor[],
  data: Dataset,
  { target }: LossChoice,
  engine: Engine,
): OnnxObjective {
  const theta = new Float32Array(graph.dim);
  for (const [i, { offset }] of parameters.entries())
    theta.set(graph.parameters[i].tensor.data as Float32Array, offset);
  const feeds = [...batches({ ...data, target }, graph.batchSize)].map((batch) => ({
    count: batch.count,
    tensors: {
      ...batch.inputs,
      ...(batch.target ? { [TARGET]: batch.target } : {}),
      [WEIGHTS]: sampleWeights(batch.count, graph.batchSize, data.samples),
    },
  }));
  return new OnnxObjective({
    programs: new LossPrograms(graph, engine),
    parameters,
    theta,
    batches: feeds,
    samples: data.samples,
    residualBudget: totalmem() * RESIDUAL_SHARE,
    block: BLOCK,
    dispose: () => engine.dispose(),
  });
}

/** 1/N for each sample that is meant, 0 for those that only fill the last batch. */
function sampleWeights(count: number, batchSize: number, samples: number): Tensor {
  return tensor(
    'float64',
    [batchSize],
    Array.from({ length: batchSize }, (_, i) => (i < count ? 1 / samples : 0)),
  );
}

function summary({ path, sha256, opsets, producer }: OnnxModel, parameters: readonly ParameterTensor[]): ModelSummary {
  return {
    path,
    sha256,
    opset: opsets[''] ?? 0,
    producer,
    parameterCount: parameters.reduce((sum, { count }) => sum + count, 0),
    parameters: parameters.map(({ name, shape, count }) => ({ name, shape: [...shape], count })),
  };
}
