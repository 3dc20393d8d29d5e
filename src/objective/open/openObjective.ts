import { availableParallelism } from 'node:os';
import type { Dataset } from '../../data/dataset';
import { deviceCount } from '../../engine/devices';
import { Engine } from '../../engine/engine';
import type { ChosenProvider } from '../../engine/probe';
import { FLOAT32_BITS, preciseEnough } from '../../engine/precision';
import type { Profile } from '../../engine/profile';
import { chooseProvider, cpuDevice } from '../../engine/probe';
import type { StoredGraphs } from '../../engine/storedGraphs';
import { UserError } from '../../errors';
import { flops } from '../../graph/cost';
import { nodesOf } from '../../graph/graph';
import type { Value } from '../../graph/graph';
import { rescalingSentence, rescalingSymmetry } from '../../model/rescaling';
import { operatorsOf } from '../../graph/sourceIndex';
import { sizeOf } from '../../graph/tensor';
import { mixesSamples } from '../../model/trainingMode';
import type { CurvatureKind } from '../../loss/head';
import { lossHead } from '../../loss/head';
import { readModel } from '../../onnx/read';
import type { OnnxModel } from '../../onnx/model';
import type { LossName, Part } from '../../options/options';
import type { ResolvedOptions } from '../../options/presets';
import type { ModelSummary, ProviderSummary } from '../../report/report';
import { agreement } from './agreement';
import type { Agreement } from './agreement';
import { answersOf } from './answers';
import { askData } from './askData';
import type { ThreadWish } from '../resources/bestThreads';
import { bestThreads } from '../resources/bestThreads';
import type { LossChoice } from './bindLoss';
import { chooseLossOutput, floatOutputs } from './chooseOutput';
import { batchedOutputs, fitBatch, trialSize } from './fitBatch';
import { LoweredBefore, lowerSomehow } from './freeDimensions';
import { graphSizes } from '../resources/graphSizes';
import { withScalarOutputs } from './innerLoss/scalarOutputs';
import { cannotWeigh, takeApart } from './innerLoss/takeApart';
import { inputSpecs, loadData, staticBatch } from './loadData';
import { laneCount } from '../resources/laneCount';
import { memoryNeed, tooLittle } from '../resources/memory';
import type { MemoryNeed } from '../resources/memory';
import { planFor } from '../resources/memoryPlan';
import { expectedGraphSeconds, expectedSeconds } from '../resources/passTime';
import type { LossGraph } from '../run/lossGraph';
import { TARGET, WEIGHTS } from '../run/lossGraph';
import type { LoweredModel } from '../../model/lowered';
import type { PreparedModel } from '../../model/prepared';
import { checkFinite } from '../../model/finite';
import { activationBytes, lowerModel, reaching } from '../../model/lowered';
import { prepareModel, withShared } from '../../model/prepared';
import { trainedNames } from '../../model/trained';
import { dataWithoutUnread } from './unreadOptions';
import type { NonFinite } from '../run/nonFiniteText';
import type { Objective, ParameterTensor } from '../objective';
import { objectiveMaker, parameterTensors } from './objectiveMaker';
import type { OnnxObjective } from '../run/onnxObjective';
import type { ThreadChoice } from '../resources/threadSearch';
import { toldOf, unsupportedBetween } from './unsupported';
import { wholeBatches } from './wholeBatches';

/** A model and its data, compiled and ready to be measured, with what a report says about them. */
export interface OpenedObjective {
  objective: Objective;
  model: ModelSummary;
  function: LossName;
  /** "logits of «output»" */
  reads: string;
  /** What the Gauss-Newton matrix is of this loss and output. */
  curvature: CurvatureKind;
  classes?: number;
  chanceLoss?: number;
  chanceAccuracy?: number;
  batchSize: number;
  /** Batches that are computed side by side. */
  lanes: number;
  provider: ProviderSummary;
  dataSha256: string;
  generated: boolean;
  /** Sentences about choices that were made and what limits the figures. */
  notes: string[];
  /** False: some operator on the way has no derivative, named in the notes; only losses can be measured. */
  canDifferentiate: boolean;
  /** Kinds of the model's operators. */
  operators: string[];
  /** Why raw eigenvalues are a matter of scale, where weights can be rescaled and the network stays the same. */
  symmetry?: string;
  /** Which sample and operator make loss or gradient NaN or ∞. */
  whyNotFinite: (figure: 'loss' | 'gradient') => Promise<NonFinite | null>;
  /** ‖Hg − (Hg)′‖/‖Hg‖ of a device that was let round its products, against the CPU; null in float32. */
  productError: number | null;
  /** The note that says so. */
  unsupported: string | null;
  memory: MemoryNeed;
  /** Seconds that a forward pass over the data is expected to take, from its size. */
  passSeconds: number;
  /** Seconds that making the graph of a Hessian product is expected to take. */
  graphSeconds: number;
  batches: number;
  /** What the plan gives a Krylov basis. */
  basisBytes: number;
  /** How many threads were found best, where it was searched for. */
  threads?: ThreadChoice;
  seconds: { load: number; compile: number };
  /** Where the time of all runs so far went; null unless asked for. */
  profile(): Promise<Profile | null>;
}

/** Model and data as they were read: all that tells one analysis from another, before anything is compiled. */
export interface ModelAndData {
  model: OnnxModel;
  prepared: PreparedModel;
  trained: readonly string[];
  data: Dataset;
  /** Where random data needed it. */
  before: LoweredBefore;
  /** Seconds it took. */
  seconds: number;
}

/** Parts of an analysis that need derivatives, whatever the lines and planes are drawn along. */
const DERIVED: readonly Part[] = ['gradient', 'spectrum', 'ggn', 'dynamics'];

/** @throws UserError when one of them cannot be read, or the data do not fit the model's inputs */
export async function readModelAndData(modelPath: string, options: ResolvedOptions): Promise<ModelAndData> {
  const started = performance.now();
  const model = await readModel(modelPath);
  const prepared = prepareModel(model);
  checkFinite(prepared, model.path);
  const trained = trainedNames(prepared, options.parameters, model.path);
  let before = new LoweredBefore(null);
  const data = await dataWithoutUnread(prepared, trained, (source) =>
    loadData(modelPath, source, options, async (samples) => {
      const found = await withFreeDimensions(prepared, trained, trialSize(options, samples));
      before = new LoweredBefore(found);
      return found?.free ?? null;
    }),
  );
  const specialized = withShared(prepared, data.shared);
  // The model lowered so far has inputs that are constants now.
  if (specialized !== prepared) before = new LoweredBefore(null);
  return { model, prepared: specialized, trained, data, before, seconds: (performance.now() - started) / 1000 };
}

/** The model with what random inputs may be as long as; null where no dimension is free. */
async function withFreeDimensions(prepared: PreparedModel, trained: readonly string[], batch: number) {
  if (!inputSpecs(prepared.source).some(({ shape }) => shape.slice(1).includes(null))) return null;
  const engine = new Engine({ provider: 'cpu', threads: 1 });
  try {
    return await lowerSomehow(prepared, trained, engine, batch);
  } finally {
    await engine.dispose();
  }
}

export interface OpenHooks {
  signal?: AbortSignal;
  /** Of `readModelAndData`, where that was done already. */
  read?: ModelAndData;
  /** Where the runtime's work of earlier runs is found. */
  graphs?: StoredGraphs | null;
  /** Left out, all cores are taken. */
  threads?: ThreadWish | null;
}

/**
 * Reads model and data, appends the loss, and prepares the graphs of its derivatives.
 * @throws UserError when model, data and loss do not fit together
 */
export async function openObjective(
  modelPath: string,
  options: ResolvedOptions,
  { signal, read, graphs = null, threads: wish = null }: OpenHooks = {},
): Promise<OpenedObjective> {
  const { seconds, ...parts } = read ?? (await readModelAndData(modelPath, options));
  signal?.throwIfAborted();

  const started = performance.now();
  const threads = options.threads ?? wish?.known?.threads ?? availableParallelism();
  const chosen = await chooseProvider(options.provider, threads, options.precision);
  const load = seconds + (performance.now() - started) / 1000;
  const request = { ...parts, options, threads, load, graphs };
  const opened = await openOn(chosen, request);
  if (chosen.provider === 'cpu')
    // Lanes have one thread each, or a model that keeps more of them busy.
    return options.threads === null && wish && opened.lanes === 1 ? withBestThreads(opened, request, wish) : opened;
  const cpu = { provider: 'cpu' as const, device: cpuDevice(threads), bits: FLOAT32_BITS };
  const { objection, productError } = await compareWithCpu(opened, request, signal);
  if (objection === null) return preciseEnough(chosen.bits, 'float32') ? opened : reduced(opened, chosen, productError);
  await opened.objective.dispose();
  const reason = `${chosen.provider}: ${objection}`;
  return openOn({ ...cpu, reason, fallbacks: [{ node: '(all)', operator: '(all)', reason }] }, request);
}

interface OpenRequest {
  model: OnnxModel;
  prepared: PreparedModel;
  trained: readonly string[];
  data: Dataset;
  before: LoweredBefore;
  options: ResolvedOptions;
  threads: number;
  graphs: StoredGraphs | null;
  /** Seconds it took to read model and data. */
  load: number;
}

async function openOn(chosen: ChosenProvider, request: OpenRequest): Promise<OpenedOnEngine> {
  const { model, prepared, trained, data, before, options, graphs } = request;
  const { provider } = chosen;
  // Profiles are taken of this thread, and a device has one queue.
  const threads = provider === 'cpu' && !options.profile ? request.threads : 1;
  const started = performance.now();
  let engine = new Engine({ provider, threads: request.threads, profile: options.profile, graphs });
  try {
    const fixed = staticBatch(prepared.source);
    const lower = async (size: number) => {
      const shapes = inputShapes(data, size);
      return before.take(shapes) ?? lowerModel(prepared, shapes, trained, engine);
    };
    const build = withScalarOutputs(lower, data, { loss: options.loss, fixed });
    const notes = [...prepared.notes, ...data.notes];
    const fitted = await fitBatch({ build, prepared, data, options, engine, threads, notes, path: model.path });
    const outputs = batchedOutputs(floatOutputs(fitted.lowered, options.lossOutput, model.path), fitted.batchSize);
    // Random inputs have no targets that would tell one output from another.
    const readable = data.generated ? outputs.slice(0, 1) : outputs;
    // Random inputs are labelled by the model's own answers.
    const answers = { ...fitted, output: readable[0][1], data, engine };
    const labelled = data.generated ? { ...data, target: await answersOf(answers) } : data;
    const { output: chosenOutput, choice: chosenLoss } = chooseLossOutput(fitted.lowered, labelled, readable, options);
    const choice = await askData(chosenLoss, { ...fitted, output: chosenOutput, data: labelled, engine });
    const mixing = mixesSamples(prepared.source);
    const inner = chosenOutput.shape.length === 0 && !mixing;
    if (mixing && chosenOutput.shape.length === 0 && data.weights) throw cannotWeigh(choice.outputName, model.path);
    const place = {
      fitted,
      outputName: choice.outputName,
      build,
      data,
      weights: data.weights ?? null,
      fixed,
      options,
      engine,
    };
    const { lowered, batchSize, output } = inner
      ? await takeApart({ ...place, notes, path: model.path })
      : { ...fitted, output: chosenOutput };
    const whole = wholeBatches({ ...labelled, target: choice.target }, output, { batchSize, mixing, notes });
    const { graph, reads } = lossGraph(lowered, output, choice, {
      batchSize,
      onCpu: chosen.provider === 'cpu',
      weighted: data.weights !== undefined,
    });
    const parameters = parameterTensors(graph, prepared);
    const unsupported = unsupportedBetween(graph.parameters, [graph.head.perSample]);
    const canDifferentiate = unsupported.nodes.length === 0;
    const told = canDifferentiate ? null : toldOf(unsupported);
    if (told) notes.push(told);
    const batchBytes = activationBytes([output], lowered.inputs);
    const batchCount = Math.ceil(whole.samples / batchSize);
    const work = { dim: graph.dim, passBytes: batchBytes * batchCount, batchBytes, batches: batchCount };
    // Devices share the batches as threads do, each with a memory of its own.
    const lanes = provider === 'cpu' ? laneCount(threads, work, options) : Math.min(deviceCount(provider), batchCount);
    const shares = planFor(options, graph.dim, { batchBytes, lanes });
    const short = tooLittle(shares);
    if (short) notes.push(short);
    const facts = {
      dim: graph.dim,
      activationBytes: batchBytes,
      batches: batchCount,
      lanes,
      krylovVectors: options.probes * (options.lanczosSteps + 1),
      derivatives: canDifferentiate && options.only.some((part) => DERIVED.includes(part)),
    };
    const memory = memoryNeed(facts, shares);
    const sizes = graphSizes(output, { ...options, dim: graph.dim, batches: batchCount, block: shares.block, lanes });
    const on = objectiveMaker(graph, parameters, whole, shares, sizes);
    if (lanes > 1) {
      await engine.dispose();
      const share = Math.max(1, Math.floor(request.threads / lanes));
      engine = new Engine({ provider, threads: share, lanes, graphs });
    }
    const used = engine;
    const operators = nodesOf([output]).length;
    const objective = on(used);
    return {
      objective,
      whyNotFinite: (figure) => objective.whyNotFinite(figure),
      on,
      model: summary(model, parameters),
      function: choice.loss,
      reads,
      curvature: graph.head.curvature,
      classes: choice.classes ?? undefined,
      chanceLoss: choice.chance?.loss,
      chanceAccuracy: choice.chance?.accuracy ?? undefined,
      batchSize,
      lanes,
      provider: {
        requested: options.provider,
        used: chosen.provider,
        device: chosen.device,
        fallbacks: chosen.fallbacks,
      },
      dataSha256: data.sha256,
      generated: data.generated,
      notes: [...notes, ...choice.notes],
      canDifferentiate,
      operators: operatorsOf(prepared.source),
      symmetry: rescalingSentence(rescalingSymmetry(prepared.source, new Set(trained))) ?? undefined,
      productError: null,
      unsupported: told,
      memory,
      passSeconds: expectedSeconds({
        flops: batchCount * flops([output]),
        bytes: work.passBytes,
        runs: batchCount * operators,
        threads: request.threads,
      }),
      graphSeconds: expectedGraphSeconds(operators),
      batches: batchCount,
      basisBytes: shares.basisBytes,
      seconds: { load: request.load, compile: (performance.now() - started) / 1000 },
      profile: () => used.profile(),
    };
  } catch (fault) {
    await engine.dispose();
    throw fault;
  }
}

/** What was opened for all cores, on as many as are best for it. */
async function withBestThreads(
  opened: OpenedOnEngine,
  request: OpenRequest,
  wish: ThreadWish,
): Promise<OpenedObjective> {
  const { graphs, options } = request;
  // A search would be seen in a profile.
  const choice = wish.known ?? (options.profile ? null : await bestThreads(opened, request, wish));
  if (!choice) return opened;
  const { provider } = opened;
  const facts = { ...opened, threads: choice, provider: { ...provider, device: cpuDevice(choice.threads) } };
  if (choice.threads === request.threads) return facts;
  await opened.objective.dispose();
  const engine = new Engine({ provider: 'cpu', threads: choice.threads, profile: options.profile, graphs });
  return { ...facts, objective: opened.on(engine), profile: () => engine.profile() };
}

interface OpenedOnEngine extends OpenedObjective {
  objective: OnnxObjective;
  /** The same objective on another engine. */
  on(engine: Engine): OnnxObjective;
}

/** What was opened on a device that rounds its products, with what that costs. */
function reduced(
  opened: OpenedObjective,
  { provider, bits }: ChosenProvider,
  productError: number | null,
): OpenedObjective {
  const cost =
    productError === null ? '' : ` A Hessian product differs from float32 by ${(100 * productError).toPrecision(2)} %.`;
  const note = `Reduced precision: ${provider} keeps ${bits} bits of the factors of products.${cost}`;
  return { ...opened, productError, notes: [...opened.notes, note] };
}

/** Whether a device is to be trusted with this model, from its first batch. */
async function compareWithCpu(
  opened: OpenedOnEngine,
  { threads, options: { precision } }: OpenRequest,
  signal?: AbortSignal,
): Promise<Agreement> {
  const cpu = opened.on(new Engine({ provider: 'cpu', threads }));
  try {
    // One batch of every device.
    const first = (objective: OnnxObjective) => objective.preview(opened.lanes) ?? objective;
    const asked = { derivatives: opened.canDifferentiate, precision, signal };
    return await agreement(first(opened.objective), first(cpu), asked);
  } finally {
    await cpu.dispose();
  }
}

function inputShapes(data: Dataset, batch: number): Record<string, readonly number[]> {
  return Object.fromEntries(Object.entries(data.inputs).map(([name, { shape }]) => [name, [batch, ...shape.slice(1)]]));
}

function lossGraph(
  lowered: LoweredModel,
  output: Value,
  choice: LossChoice,
  { batchSize, onCpu, weighted }: { batchSize: number; onCpu: boolean; weighted: boolean },
): { graph: LossGraph; reads: string } {
  const { g, inputs } = lowered;
  // float64 has kernels on the CPU only; elsewhere it would cost a trip there and back.
  const precision = onCpu ? 'float64' : 'float32';
  const target = choice.target && g.input(TARGET, choice.target.dtype, [batchSize, ...choice.target.shape.slice(1)]);
  const { positions } = choice;
  const head = lossHead(g, { ...choice, positions: positions ?? undefined, output, target, precision });
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
    weighted,
    dim: parameters.reduce((sum, { value }) => sum + sizeOf(value.shape), 0),
  };
  return { graph, reads: head.reads };
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
