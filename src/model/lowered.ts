import { UserError } from '../errors';
import { GraphBuilder } from '../graph/builder';
import { checkShape } from '../graph/limits';
import type { Evaluator } from '../graph/evaluator';
import type { Value } from '../graph/graph';
import { dependents, nodesOf } from '../graph/graph';
import type { Tensor } from '../graph/tensor';
import { isFloat, sizeOf } from '../graph/tensor';
import { lower } from '../lower/lower';
import type { PreparedModel } from './prepared';
import { fromFront, toFront } from './sampleAxis';
import { uncomputable } from './uncomputable';
import type { WrittenAxes } from './writtenAxes';

/** The model as a graph of core operators, for one batch size. */
export interface LoweredModel {
  g: GraphBuilder;
  inputs: Readonly<Record<string, Value>>;
  parameters: readonly { name: string; value: Value; tensor: Tensor }[];
  outputs: Readonly<Record<string, Value>>;
  /** Axes of the outputs that differ from those of the file. */
  axes?: Readonly<Record<string, WrittenAxes>>;
  opset: number;
}

/**
 * The model with the samples on axis 0 of every input and output. If the file has them on another axis of an input, an
 * output has them on the axis that is as long as the batch or, of several such axes, on the one that grows with it.
 * @param shapes of the inputs, the batch on axis 0
 * @param trained names of the initializers that are parameters
 */
export async function lowerModel(
  prepared: PreparedModel,
  shapes: Readonly<Record<string, readonly number[]>>,
  trained: readonly string[],
  engine: Evaluator,
): Promise<LoweredModel> {
  const lowered = await lowerAsWritten(prepared, shapes, trained, engine);
  const moved = prepared.source.inputs.filter(({ sampleAxis }) => sampleAxis !== undefined);
  if (moved.length === 0) return lowered;
  const batch = shapes[moved[0].name][0];
  const candidates = ({ shape }: Value) => [...shape.keys()].filter((axis) => shape[axis] === batch);
  const unclear = Object.values(lowered.outputs).some((value) => candidates(value).length > 1);
  const larger = unclear ? await lowerLarger(prepared, shapes, trained, engine) : null;
  const axes: Record<string, WrittenAxes> = {};
  const first = (name: string, value: Value): Value => {
    const found = candidates(value);
    const grown = larger?.outputs[name]?.shape;
    // A file of one batch size: a model that reads sequences step by step usually also writes them so.
    const likely = found.find((axis) => (grown ? grown[axis] !== batch : axis === moved[0].sampleAxis));
    const axis = likely ?? found[0] ?? 0;
    if (axis === 0) return value;
    axes[name] = toFront(value.shape.length, axis);
    return lowered.g.transpose(value, axes[name] as number[]);
  };
  const outputs = Object.entries(lowered.outputs).map(([name, value]) => [name, first(name, value)]);
  return { ...lowered, outputs: Object.fromEntries(outputs) as LoweredModel['outputs'], axes };
}

/** The model for one more sample; null if the file fixes the size of its batch. */
async function lowerLarger(
  prepared: PreparedModel,
  shapes: Readonly<Record<string, readonly number[]>>,
  trained: readonly string[],
  engine: Evaluator,
): Promise<LoweredModel | null> {
  const grown = Object.entries(shapes).map(([name, [batch, ...rest]]) => [name, [batch + 1, ...rest]] as const);
  try {
    return await lowerAsWritten(prepared, Object.fromEntries(grown), trained, engine);
  } catch (fault) {
    if (fault instanceof UserError) return null;
    throw fault;
  }
}

async function lowerAsWritten(
  { source }: PreparedModel,
  shapes: Readonly<Record<string, readonly number[]>>,
  trained: readonly string[],
  engine: Evaluator,
): Promise<LoweredModel> {
  const g = new GraphBuilder();
  for (const { name } of source.inputs) checkInput(name, shapes[name]);
  const inputs = Object.fromEntries(source.inputs.map(({ name, dtype }) => [name, g.input(name, dtype, shapes[name])]));
  const parameters = trained.map((name) => {
    const tensor = source.initializers.get(name)!;
    // Parameters are float32 whatever the file contains, like the vectors of every algorithm above.
    return { name, tensor: asFloat32(tensor), value: g.input(name, 'float32', tensor.shape) };
  });
  const bound = new Map<string, Value>(
    source.inputs.map(({ name, shape, sampleAxis }) => {
      const value = inputs[name];
      // One sample of an input without a sample axis.
      if (shape.length === 0) return [name, g.reshape(value, [])];
      return [name, sampleAxis ? g.transpose(value, fromFront(shape.length, sampleAxis)) : value];
    }),
  );
  for (const { name, value } of parameters) bound.set(name, g.cast(value, source.initializers.get(name)!.dtype));
  const single = Object.values(shapes).every(([samples = 1]) => samples === 1);
  const { values, unavailable } = await lower(g, source, bound, engine, single ? null : new Set(Object.values(inputs)));
  const outputs = Object.fromEntries(
    source.outputs.flatMap((name) => {
      const value = values.get(name);
      return value ? [[name, value]] : [];
    }),
  );
  const lost = source.outputs.flatMap((name) => unavailable.get(name) ?? []);
  if (lost.length > 0 && !Object.values(outputs).some(({ dtype }) => isFloat(dtype)))
    throw uncomputable(source, [...new Set([...lost, ...unavailable.values()])]);
  return {
    g,
    inputs,
    parameters,
    outputs,
    opset: source.opsets[''] ?? 0,
  };
}

function asFloat32(tensor: Tensor): Tensor {
  if (tensor.dtype === 'float32') return tensor;
  return { dtype: 'float32', shape: tensor.shape, data: Float32Array.from(tensor.data as Float64Array) };
}

/** The parameters that a value depends on. */
export function reaching(parameters: LoweredModel['parameters'], output: Value): LoweredModel['parameters'] {
  const nodes = nodesOf([output]);
  const read = new Set(nodes.flatMap((node) => node.inputs));
  return parameters.filter(({ value }) => read.has(value));
}

/**
 * Bytes of all values that are computed from the inputs, which a run that keeps every intermediate needs. Values that
 * depend on parameters only, such as a transposed weight, are the same for every batch and do not count.
 */
export function activationBytes(outputs: readonly Value[], inputs: LoweredModel['inputs']): number {
  const sources = new Set(Object.values(inputs));
  const computed = [...dependents(outputs, sources)].filter((value) => !sources.has(value));
  return computed.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
}

/** @throws UserError if an input has more elements than any machine can hold */
function checkInput(name: string, shape: readonly number[]): void {
  try {
    checkShape(shape);
  } catch {
    throw new UserError({
      what: `An input of shape [${shape.join(', ')}] is too large.`,
      where: [`input "${name}"`],
      action: 'Correct the shape of this input, or export the model again with the sizes of the data.',
    });
  }
}
