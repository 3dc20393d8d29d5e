import { availableParallelism } from 'node:os';
import { operatorName } from '../autodiff/differentiate';
import { rules } from '../autodiff/rules/table';
import { Engine } from '../engine/engine';
import { flops } from '../graph/cost';
import { nodesOf } from '../graph/graph';
import { loweringOf } from '../graph/lower/table';
import { sizeOf } from '../graph/tensor';
import type { LossGuess } from '../loss/guess';
import { readModel } from '../onnx/read';
import type { ResolvedOptions } from '../options/presets';
import { guessWithoutData } from './guessFor';
import { mostSamples } from './fitBatch';
import { lowerSomehow } from './freeDimensions';
import { laneCount } from './laneCount';
import { staticBatch } from './loadData';
import type { LoweredModel, PreparedModel } from './model';
import type { MemoryNeed } from './memory';
import { machineBytes } from '../options/memory';
import { memoryNeed, tooLittle } from './memory';
import { planFor } from './memoryPlan';
import { activationBytes, prepareModel, trainedNames, withoutParameters } from './model';
import type { UnsupportedNode } from './unsupported';
import { unsupportedBetween } from './unsupported';

/** Bytes that an analysis is expected to take, with as many batches as run side by side and for each further one. */
export interface ExpectedMemory extends Pick<MemoryNeed, 'total' | 'weights' | 'graphs' | 'basis'> {
  /** Batches that run side by side. */
  lanes: number;
  residualsPerBatch: number;
  samplesPerBatch: number;
  machine: number;
}

/** What can be said of a model without data. */
export interface ModelInspection {
  path: string;
  opset: number;
  irVersion: number;
  producer: string;
  inputs: { name: string; type: string; shape: string }[];
  outputs: { name: string; type: string; shape: string }[];
  parameterCount: number;
  parameters: { name: string; shape: number[]; count: number; reason: string }[];
  constants: { name: string; shape: number[]; reason: string }[];
  operators: { operator: string; count: number; derivative: 'yes' | 'flat' | 'no'; note?: string }[];
  unsupported: UnsupportedNode[];
  /** What can be measured in spite of them. */
  stillWorks: string[];
  cost: { nodes: number; flopsPerSample: number; parameterBytes: number };
  memory: ExpectedMemory;
  loss: LossGuess | null;
  warnings: string[];
}

/** What of the options an inspection reads. */
export type InspectionOptions = Pick<
  ResolvedOptions,
  'parameters' | 'probes' | 'lanczosSteps' | 'batch' | 'memoryBytes' | 'lossOutput' | 'classAxis'
>;

/** @throws UserError when the model cannot be read, or a node contradicts itself */
export async function inspectModel(path: string, options: InspectionOptions): Promise<ModelInspection> {
  const { parameters } = options;
  const model = await readModel(path);
  const prepared = prepareModel(model);
  const { classification } = prepared;
  // A model without parameters has inputs, outputs and operators all the same.
  const some = parameters.length > 0 || classification.some(({ trained }) => trained);
  const trained = new Set(some ? trainedNames(prepared, parameters, path) : []);
  const warnings = [...prepared.notes];
  if (!some) warnings.push(`No tensor counts as a parameter. ${withoutParameters(classification)}`);
  const engine = new Engine({ provider: 'cpu', threads: 1 });
  try {
    const { lowered, free } = await lowerSomehow(prepared, [...trained], engine);
    if (free !== null) warnings.push(`Cost is for free dimensions of ${free}.`);
    const { source } = prepared;
    const weights = classification.filter(({ name }) => trained.has(name));
    const parameterCount = weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const unsupported = unsupportedBetween(lowered.parameters, Object.values(lowered.outputs));
    const short = tooLittle(planFor(options, parameterCount));
    if (short) warnings.push(short);
    return {
      path,
      opset: model.opsets[''] ?? 0,
      irVersion: model.irVersion,
      producer: model.producer,
      inputs: source.inputs.map(({ name, dtype, shape }) => ({ name, type: dtype, shape: formatShape(shape) })),
      outputs: model.graph.outputs.map(({ name, type, shape }) => ({
        name,
        type,
        shape: shape ? formatShape(shape) : '',
      })),
      parameterCount,
      parameters: weights.map(({ name, shape, reason }) => ({ name, shape: [...shape], count: sizeOf(shape), reason })),
      constants: classification
        .filter(({ name }) => !trained.has(name))
        .map(({ name, shape, trained: frozen, reason }) => ({
          name,
          shape: [...shape],
          reason: frozen ? 'frozen by --parameters' : reason,
        })),
      operators: operatorTable(prepared, lowered),
      unsupported: unsupported.nodes,
      stillWorks: unsupported.stillWorks,
      cost: {
        nodes: nodesOf(Object.values(lowered.outputs)).length,
        flopsPerSample: flops(Object.values(lowered.outputs)) / (staticBatch(source) ?? 1),
        parameterBytes: 4 * parameterCount,
      },
      memory: expectedMemory(lowered, options, staticBatch(source) ?? 1, parameterCount),
      loss: guessWithoutData(lowered, options),
      warnings,
    };
  } finally {
    await engine.dispose();
  }
}

/** @param samples of the graph that was lowered */
function expectedMemory(
  lowered: LoweredModel,
  { probes, lanczosSteps, batch, memoryBytes }: InspectionOptions,
  samples: number,
  dim: number,
): ExpectedMemory {
  const { inputs, outputs } = lowered;
  const perSample = activationBytes(Object.values(outputs), inputs) / samples;
  // With as many samples as one could wish.
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

/** The model's own operators, and whether each can be differentiated. */
function operatorTable({ source }: PreparedModel, { missing }: LoweredModel): ModelInspection['operators'] {
  const counts = new Map<string, number>();
  for (const { op, domain } of source.nodes) {
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
  return loweringOf({ op, domain }) || op in rules ? 'yes' : 'no';
}

const formatShape = (shape: readonly (number | string | null)[]) => `[${shape.map((dim) => dim ?? '?').join(', ')}]`;
