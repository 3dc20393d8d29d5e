import { missingRules } from '../../autodiff/differentiate';
import { availableParallelism } from 'node:os';
import { operatorName } from '../../autodiff/differentiate';
import { rules } from '../../autodiff/rules/table';
import { Engine } from '../../engine/engine';
import { flops } from '../../graph/cost';
import type { Node } from '../../graph/graph';
import { nodesOf } from '../../graph/graph';
import { loweringOf, unrollingOf } from '../../lower/table';
import { allNodes } from '../../graph/sourceIndex';
import { TooLargeModelError } from '../../lower/context';
import { sizeOf } from '../../graph/tensor';
import type { GuessedLoss } from '../../loss/guess';
import { UserError } from '../../errors';
import type { OnnxModel } from '../../onnx/model';
import { readOutline } from '../../onnx/outline/readOutline';
import type { ResolvedOptions } from '../../options/presets';
import { guessWithoutData } from './guessFor';
import { mostSamples } from '../resources/batchSize';
import { lowerSomehow } from './freeDimensions';
import { laneCount } from '../resources/laneCount';
import { inputSpecs, staticBatch } from './inputSpecs';
import type { LoweredModel } from '../../model/lowered';
import type { PreparedModel } from '../../model/prepared';
import type { MemoryNeed } from '../resources/memory';
import { machineBytes } from '../../options/memory';
import { memoryNeed, tooLittle } from '../resources/memory';
import { planFor } from '../resources/memoryPlan';
import { activationBytes } from '../../model/lowered';
import { defaultsOf, prepareModel, withShared } from '../../model/prepared';
import { parameterLabels } from '../../model/parameterLabels';
import { trainedNames, withoutParameters } from '../../model/trained';
import { unusableInput } from '../../model/unusableInput';
import { writtenInputs } from '../../data/writtenInputs';
import { defaultInputs, openInputs } from './openInputs';
import type { UnsupportedNode } from './unsupported';
import { unsupportedBetween } from './unsupported';

/** Bytes that an analysis is expected to take: the total with `lanes` batches, and the increase per further batch. */
export interface ExpectedMemory extends Pick<MemoryNeed, 'total' | 'weights' | 'graphs' | 'basis'> {
  /** Number of batches that run at once. */
  lanes: number;
  residualsPerBatch: number;
  samplesPerBatch: number;
  machine: number;
}

/** Everything that can be said about a model without data. */
export interface ModelInspection {
  path: string;
  opset: number;
  irVersion: number;
  producer: string;
  inputs: { name: string; type: string; shape: string }[];
  outputs: { name: string; type: string; shape: string }[];
  parameterCount: number;
  /** `label` is the name to show where an exporter generated that of the file. */
  parameters: { name: string; label?: string; shape: number[]; count: number; reason: string }[];
  constants: { name: string; shape: number[]; reason: string }[];
  operators: { operator: string; count: number; derivative: 'yes' | 'flat' | 'no'; note?: string }[];
  unsupported: UnsupportedNode[];
  /** What can be measured despite the unsupported nodes. */
  stillWorks: string[];
  /** Why nothing can be measured on this model; null where its graph can be computed. */
  refused: string | null;
  /** Size of the model; operations are null where the model is refused. */
  cost: { nodes: number; flopsPerSample: number | null; parameterBytes: number };
  memory: ExpectedMemory | null;
  /** Cost of a forward pass over one sample; null where the model is refused. */
  pass: { flops: number; bytes: number; operators: number } | null;
  canDifferentiate: boolean;
  loss: GuessedLoss | null;
  warnings: string[];
}

/** The options that an inspection reads. */
export type InspectionOptions = Pick<
  ResolvedOptions,
  'input' | 'parameters' | 'probes' | 'lanczosSteps' | 'batch' | 'memoryBytes' | 'lossOutput' | 'classAxis'
>;

/**
 * Collects everything that can be said about a model without data, even if its graph cannot be computed.
 * @throws UserError when the file cannot be read
 */
export async function inspectModel(path: string, options: InspectionOptions): Promise<ModelInspection> {
  const { parameters } = options;
  const model = await readOutline(path);
  const whole = prepareModel(model, 'leave out');
  const given = writtenInputs(inputSpecs(whole.source), options.input, 1).shared;
  const prepared = withShared(whole, { ...defaultsOf(whole), ...given });
  const { classification } = prepared;
  // Inputs, outputs and operators are listed even for a model without parameters.
  const some = parameters.length > 0 || classification.some(({ trained }) => trained);
  const trained = new Set(some ? trainedNames(prepared, parameters, path) : []);
  const warnings = [...prepared.notes, ...openInputs(prepared), ...defaultInputs(withShared(whole, given))];
  if (!some) warnings.push(`No tensor counts as a parameter. ${withoutParameters(classification)}`);
  const engine = new Engine({ provider: 'cpu', threads: 1 });
  try {
    const tried = await lowerOrRefuse(model, prepared, [...trained], engine);
    const { lowered, free } = tried;
    if (free !== null) warnings.push(`The cost assumes free dimensions of ${free}.`);
    const { source } = prepared;
    const weights = classification.filter(({ name }) => trained.has(name));
    const labels = parameterLabels(source, [...trained]);
    const parameterCount = weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const outputs = Object.values(lowered?.outputs ?? {});
    const theta = (lowered?.parameters ?? []).map(({ value }) => value);
    const missing = missingRules(outputs, theta);
    const unsupported = lowered ? unsupportedBetween(lowered.parameters, outputs) : { nodes: [], stillWorks: [] };
    const short = tooLittle(planFor(options, parameterCount));
    if (short) warnings.push(short);
    return {
      path,
      opset: model.opsets[''] ?? 0,
      irVersion: model.irVersion,
      producer: model.producer,
      inputs: [...model.graph.inputs, ...inputsByDefault(whole)].map(({ name, type, shape: written }) => {
        const input = whole.source.inputs.find((found) => found.name === name);
        const shape = input?.shape ?? written;
        return { name, type: input?.dtype ?? type, shape: shape ? formatShape(shape) : '' };
      }),
      outputs: model.graph.outputs.map(({ name, type, shape }) => ({
        name,
        type,
        shape: shape ? formatShape(shape) : '',
      })),
      parameterCount,
      parameters: weights.map(({ name, shape, reason }) => {
        const label = labels.get(name);
        return { name, ...(label && { label }), shape: [...shape], count: sizeOf(shape), reason };
      }),
      constants: classification
        .filter(({ name }) => !trained.has(name))
        .map(({ name, shape, trained: frozen, reason }) => ({
          name,
          shape: [...shape],
          reason: frozen ? 'frozen by --parameters' : reason,
        })),
      operators: operatorTable(prepared, missing),
      unsupported: unsupported.nodes,
      stillWorks: unsupported.stillWorks,
      refused: tried.refused,
      cost: {
        nodes: lowered ? nodesOf(outputs).length : allNodes(source.nodes).length,
        flopsPerSample: lowered && flops(outputs) / (staticBatch(source) ?? 1),
        parameterBytes: 4 * parameterCount,
      },
      pass: lowered && passOver(lowered, staticBatch(source) ?? 1),
      canDifferentiate: unsupported.nodes.length === 0,
      memory: lowered && expectedMemory(lowered, options, staticBatch(source) ?? 1, parameterCount),
      loss: lowered && guessWithoutData(lowered, options),
      warnings,
    };
  } finally {
    await engine.dispose();
  }
}

/** Lists the inputs that have a default value as if the file stated only their names and types. */
function inputsByDefault({ source }: PreparedModel): { name: string; type: string; shape: null }[] {
  return source.inputs.flatMap(({ name, dtype, byDefault }) => (byDefault ? [{ name, type: dtype, shape: null }] : []));
}

interface Tried {
  lowered: LoweredModel | null;
  free: number | null;
  refused: string | null;
}

/** Lowers the model, or says why that is not possible. */
async function lowerOrRefuse(
  { graph, path }: OnnxModel,
  prepared: PreparedModel,
  trained: readonly string[],
  engine: Engine,
): Promise<Tried> {
  try {
    const unusable = graph.inputs.find(({ dtype, shape }) => !dtype || !shape);
    if (unusable) throw unusableInput(unusable, path);
    return { ...(await lowerSomehow(prepared, trained, engine)), refused: null };
  } catch (fault) {
    // A few bytes that ask for a billion steps are not a model whose contents would be useful to list.
    if (!(fault instanceof UserError) || fault instanceof TooLargeModelError) throw fault;
    const where = fault.where.filter((place) => place !== path);
    const places = where.length > 0 ? ` (${where.join(', ')})` : '';
    const sentences = [`${fault.what}${places}`, ...(fault.action ? [fault.action] : [])];
    return { lowered: null, free: null, refused: sentences.join(' ') };
  }
}

/** @param samples batch size of the lowered graph */
function passOver({ inputs, outputs }: LoweredModel, samples: number): NonNullable<ModelInspection['pass']> {
  const values = Object.values(outputs);
  return {
    flops: flops(values) / samples,
    bytes: activationBytes(values, inputs) / samples,
    operators: nodesOf(values).length,
  };
}

/** @param samples batch size of the lowered graph */
function expectedMemory(
  lowered: LoweredModel,
  { probes, lanczosSteps, batch, memoryBytes }: InspectionOptions,
  samples: number,
  dim: number,
): ExpectedMemory {
  const { inputs, outputs } = lowered;
  const perSample = activationBytes(Object.values(outputs), inputs) / samples;
  // Without data the number of samples is unknown, so it must not limit the lanes.
  const lanes = laneCount(availableParallelism(), { dim, passBytes: Infinity, batches: Infinity }, { memoryBytes });
  const samplesPerBatch = batch ?? mostSamples(lowered, samples, { memoryBytes }, lanes);
  const plan = planFor({ memoryBytes }, dim, { batchBytes: perSample * samplesPerBatch, lanes });
  const facts = {
    dim,
    activationBytes: perSample * samplesPerBatch,
    batches: lanes,
    lanes,
    krylovVectors: probes * (lanczosSteps + 1),
    derivatives: true,
  };
  const { total, weights, graphs, residuals, basis } = memoryNeed(facts, plan);
  const residualsPerBatch = residuals / lanes;
  return { total, weights, graphs, basis, lanes, residualsPerBatch, samplesPerBatch, machine: machineBytes() };
}

/** Lists the model's own operators, and whether each can be differentiated. */
function operatorTable({ source }: PreparedModel, missing: readonly Node[]): ModelInspection['operators'] {
  const counts = new Map<string, number>();
  for (const { op, domain } of allNodes(source.nodes)) {
    const name = domain === '' || domain === 'ai.onnx' ? op : `${domain}.${op}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const blocked = new Set(missing.map(operatorName));
  return [...counts]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([operator, count]) => ({ operator, count, derivative: derivativeOf(operator, blocked) }));
}

const FLAT = new Set([
  'ai.onnx.ml.Binarizer',
  'Shape',
  'Size',
  'ArgMax',
  'ArgMin',
  'Equal',
  'Greater',
  'Less',
  'GreaterOrEqual',
  'LessOrEqual',
  'And',
  'Or',
  'Not',
  'Xor',
  'Sign',
  'Round',
  'Floor',
  'Ceil',
  'ConstantOfShape',
  'Range',
  'IsNaN',
  'IsInf',
  'NonZero',
]);

function derivativeOf(operator: string, blocked: ReadonlySet<string>): 'yes' | 'flat' | 'no' {
  if (blocked.has(operator)) return 'no';
  if (FLAT.has(operator)) return 'flat';
  const [domain, op] = operator.includes('.')
    ? [operator.slice(0, operator.lastIndexOf('.')), operator.slice(operator.lastIndexOf('.') + 1)]
    : ['', operator];
  return loweringOf({ op, domain }) || unrollingOf({ op, domain }) || (domain === '' && op in rules) ? 'yes' : 'no';
}

const formatShape = (shape: readonly (number | string | null)[]) => `[${shape.map((dim) => dim ?? '?').join(', ')}]`;
