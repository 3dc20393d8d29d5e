import { rules } from '../autodiff/rules/table';
import { Engine } from '../engine/engine';
import { flops } from '../graph/cost';
import type { Node } from '../graph/graph';
import { nodesOf } from '../graph/graph';
import { loweringOf } from '../graph/lower/table';
import { sizeOf } from '../graph/tensor';
import type { LossGuess } from '../loss/guess';
import { guessLoss } from '../loss/guess';
import { readModel } from '../onnx/read';
import { lastOperators } from './bindLoss';
import { inputSpecs, staticBatch } from './loadData';
import type { LoweredModel, PreparedModel } from './model';
import { lowerModel, prepareModel, trainedNames } from './model';

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
  unsupported: { node: string; operator: string; reason: string }[];
  cost: { nodes: number; flopsPerSample: number; parameterBytes: number };
  loss: LossGuess | null;
  warnings: string[];
}

/** What free dimensions beside the batch are taken as, tried in turn: shapes only matter for the cost. */
const FREE_DIMENSIONS = [16, 32, 64, 224];

/** @param parameters globs; empty: every parameter */
export async function inspectModel(path: string, parameters: readonly string[]): Promise<ModelInspection> {
  const model = await readModel(path);
  const prepared = prepareModel(model);
  const trained = new Set(trainedNames(prepared, parameters, path));
  const warnings = [...prepared.notes];
  const engine = new Engine({ provider: 'cpu', threads: 1 });
  try {
    const { lowered, free } = await lowerSomehow(prepared, [...trained], engine);
    if (free !== null) warnings.push(`Cost is for free dimensions of ${free}.`);
    const { source, classification } = prepared;
    const outputs = Object.entries(lowered.outputs);
    const weights = classification.filter(({ name }) => trained.has(name));
    const parameterCount = weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const [firstOutput] = outputs;
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
      unsupported: lowered.missing.map((node) => ({
        node: node.origin,
        operator: operatorOf(node),
        reason:
          node.op === 'Opaque' ? 'run by the runtime, but its derivative is not known' : 'it has no derivative rule',
      })),
      cost: {
        nodes: nodesOf(Object.values(lowered.outputs)).length,
        flopsPerSample: flops(Object.values(lowered.outputs)) / (staticBatch(source) ?? 1),
        parameterBytes: 4 * parameterCount,
      },
      loss: firstOutput
        ? guessLoss({ lastOperators: lastOperators(firstOutput[1]), outputShape: firstOutput[1].shape, target: null })
        : null,
      warnings,
    };
  } finally {
    await engine.dispose();
  }
}

async function lowerSomehow(
  prepared: PreparedModel,
  trained: readonly string[],
  engine: Engine,
): Promise<{ lowered: LoweredModel; free: number | null }> {
  const specs = inputSpecs(prepared.source);
  const hasFree = specs.some(({ shape }) => shape.slice(1).includes(null));
  const choices = hasFree ? FREE_DIMENSIONS : [1];
  let fault: unknown;
  for (const free of choices) {
    const shapes = Object.fromEntries(
      specs.map(({ name, shape }) => [name, shape.map((dim, i) => dim ?? (i === 0 ? 1 : free))]),
    );
    try {
      return { lowered: await lowerModel(prepared, shapes, trained, engine), free: hasFree ? free : null };
    } catch (error) {
      fault = error;
    }
  }
  throw fault;
}

/** The model's own operators, and whether each can be differentiated. */
function operatorTable({ source }: PreparedModel, { missing }: LoweredModel): ModelInspection['operators'] {
  const counts = new Map<string, number>();
  for (const { op, domain } of source.nodes) {
    const name = domain === '' || domain === 'ai.onnx' ? op : `${domain}.${op}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const blocked = new Set(missing.map(operatorOf));
  return [...counts]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([operator, count]) => ({ operator, count, derivative: derivativeOf(operator, blocked) }));
}

const FLAT = new Set([
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

const operatorOf = (node: Node): string =>
  node.op === 'Opaque' ? (node as Node<'Opaque'>).attributes.node.op : node.op;

const formatShape = (shape: readonly (number | string | null)[]) => `[${shape.map((dim) => dim ?? '?').join(', ')}]`;
