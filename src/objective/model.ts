import { UserError } from '../errors';
import type { Engine } from '../engine/engine';
import { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { dependents, nodesOf } from '../graph/graph';
import { weightsOfAttributes } from '../graph/classicalWeights';
import { floatShadow } from '../graph/floatShadow';
import { coursesOf, courseSentence } from '../graph/courses';
import { hoistConstants } from '../graph/lower/hoist';
import { lower } from '../graph/lower/lower';
import { constantsOfCode, materializeConstants } from '../graph/lower/materialize';
import type { SourceGraph, SourceNode } from '../graph/lower/source';
import { allNodes } from '../graph/sourceIndex';
import type { Classification } from '../graph/parameters';
import { splitMergedInitializers } from '../graph/mergedInitializers';
import { classifyParameters } from '../graph/parameters';
import { spelledCopy, unfoldCopies } from '../graph/foldedCopies';
import { withGatheredTables } from '../graph/gatheredTables';
import { fromFront, samplePlaces, toFront } from '../graph/sampleAxis';
import { tieEqualInitializers } from '../graph/ties';
import { mixesSamples, withoutDropout } from '../graph/trainingMode';
import type { QuantizationNotes } from '../graph/quantized/shadow';
import { floatingModel } from '../graph/quantized/shadow';
import { missingRules } from '../autodiff/differentiate';
import type { Tensor } from '../graph/tensor';
import { isFloat, sizeOf } from '../graph/tensor';
import { elementOfCode, isNarrowFloat } from '../onnx/elementType';
import { isMalformation } from '../graph/malformation';
import { ModelFileError } from '../onnx/modelFileError';
import { uncomputable } from './uncomputable';
import type { WrittenAxes } from './writtenAxes';
import type { OnnxModel, OnnxValueInfo } from '../onnx/model';

/** A model file made ready: constants in one place, merged parameters apart, every floating tensor classified. */
export interface PreparedModel {
  source: SourceGraph;
  classification: readonly Classification[];
  /** Sentences for the report. */
  notes: readonly string[];
}

/**
 * @param unusable what becomes of inputs that nothing can be computed from: whoever only looks leaves them out
 * @throws UserError where a node contradicts itself, or cannot be read, or names such an input
 */
export function prepareModel(model: OnnxModel, unusable: 'refuse' | 'leave out' = 'refuse'): PreparedModel {
  try {
    return prepared(model, unusable);
  } catch (cause) {
    if (!isMalformation(cause)) throw cause;
    throw new ModelFileError(
      {
        what: `Ridgeline could not read this model: ${cause.message}.`,
        where: [model.path],
        action: 'Check the file, or export it again. If ONNX Runtime runs it, please report it.',
      },
      { cause },
    );
  }
}

function prepared(model: OnnxModel, unusable: 'refuse' | 'leave out'): PreparedModel {
  const { nodes, initializers, outputs } = model.graph;
  const inputs = model.graph.inputs.flatMap((input) => {
    const { name, dtype, shape } = input;
    if (dtype && shape) return [{ name, dtype, shape }];
    if (unusable === 'refuse') throw unusableInput(input, model.path);
    return [];
  });
  const raw: SourceGraph = {
    nodes,
    initializers,
    inputs,
    outputs: outputs.map(({ name }) => name),
    opsets: model.opsets,
  };
  const samplesFirst = withSamplesFirst(raw);
  const constantsApart = materializeConstants(hoistConstants(weightsOfAttributes(floatShadow(samplesFirst))));
  const { source: evaluated, dropped } = withoutDropout(constantsApart);
  const { source: floating, found } = floatingModel(evaluated);
  const { source: separate, split } = splitMergedInitializers(floating);
  const { source: tied, ties } = tieEqualInitializers(separate);
  const written = constantsOfCode(raw, model.producer);
  const { source: unfolded, copies } = unfoldCopies(tied);
  const { source, tables } = withGatheredTables(unfolded, written);
  const classification = classifyParameters(source, written);
  const trained = new Set(classification.filter((c) => c.trained).map(({ name }) => name));
  const separated = split.filter((name) => trained.has(name));
  const notes = [...precisionNotes(model, found), ...trainingNotes(source, dropped), ...inputNotes(samplesFirst, raw)];
  if (separated.length > 0) {
    notes.push(
      `The exporter stored equal tensors once (${some(separated)}); each use is a parameter of its own again.`,
    );
  }
  const twins = ties.filter(({ name }) => trained.has(name));
  if (twins.length > 0) {
    const pairs = twins.map(({ name, copy, transposed }) => `${copy} is ${name}${transposed ? ' transposed' : ''}`);
    notes.push(`Tensors that are equal bit by bit count as one parameter: ${some(pairs)}.`);
  }
  if (copies.length > 0) {
    const found = copies.map((folded) => `${folded.copy} is ${spelledCopy(folded)}`);
    notes.push(`The exporter computed constants from parameters (${some(found)}); they move with them.`);
  }
  if (tables.length > 0) {
    const found = tables.map(({ name, shape }) => `${name} from [${shape.join(', ')}]`);
    notes.push(
      `The exporter gathered tables into constants whose entries repeat (${some(found)}); the tables are the parameters.`,
    );
  }
  return { source, classification, notes };
}

/** The model with those inputs as constants that have one value for all samples. */
export function withShared(prepared: PreparedModel, shared: Readonly<Record<string, Tensor>> = {}): PreparedModel {
  const { source } = prepared;
  const inputs = source.inputs.filter(({ name }) => !Object.hasOwn(shared, name));
  if (inputs.length === source.inputs.length) return prepared;
  const initializers = new Map([...source.initializers, ...Object.entries(shared)]);
  const decided = coursesOf(source).filter((course) => course.inputs.every((name) => Object.hasOwn(shared, name)));
  const notes = [...prepared.notes, ...decided.map((course) => courseSentence(course, shared))];
  return { ...prepared, notes, source: { ...source, inputs, initializers } };
}

function withSamplesFirst(source: SourceGraph): SourceGraph {
  const places = samplePlaces(source);
  const inputs = source.inputs.map((input) => {
    const { axis, state } = places.get(input.name)!;
    const shape = axis === 0 ? input.shape : toFront(input.shape.length, axis).map((from) => input.shape[from]);
    const known = shape.slice(1).every((dim) => typeof dim === 'number' && dim > 0);
    return { ...input, shape, ...(axis > 0 && { sampleAxis: axis }), ...(state && known && { zeroByDefault: true }) };
  });
  return { ...source, inputs };
}

function inputNotes({ inputs }: SourceGraph, { inputs: written }: SourceGraph): string[] {
  return inputs.flatMap(({ name, shape, sampleAxis, zeroByDefault }, i) => [
    ...(sampleAxis
      ? [
          `The input «${name}» [${written[i].shape.map((dim) => dim ?? '?').join(', ')}] counts samples on axis ${sampleAxis}; data give it as [${['samples', ...shape.slice(1).map((dim) => dim ?? '?')].join(', ')}].`,
        ]
      : []),
    ...(zeroByDefault ? [`The initial state «${name}» is zero, unless the data hold it.`] : []),
  ]);
}

/** An input that nothing can be computed from: text, a sequence or a map, or a tensor of which the file says too little. */
export function unusableInput({ name, type, dtype }: OnnxValueInfo, path: string): UserError {
  const untyped = dtype !== null || type === 'unknown';
  return new UserError({
    what: untyped
      ? `The input «${name}» has no fixed element type or rank.`
      : `The input «${name}» is ${type}; inputs must be tensors of numbers or booleans.`,
    where: [path],
    action: untyped
      ? 'Export the model with typed inputs.'
      : 'Export the part of the model that starts where its numbers begin.',
  });
}

function precisionNotes({ graph }: OnnxModel, { weights, quantizers }: QuantizationNotes): string[] {
  const narrow = [...graph.initializers.values()].find(({ element }) => isNarrowFloat(element))?.element;
  const notes: string[] = [];
  if (narrow) notes.push(`The weights are stored in ${narrow}; the model is analysed in float32.`);
  else if (castsToNarrow(graph.nodes)) {
    notes.push(
      'The model computes in floats narrower than float32; it is analysed in float32, and nothing is rounded.',
    );
  }
  if (weights > 0) {
    notes.push(
      `The weights of ${weights} quantized tensor${weights > 1 ? 's' : ''} are analysed as the numbers that their integers stand for.`,
    );
  }
  if (quantizers > 0) {
    notes.push(
      'Quantizers of activations are passed straight through: what they cut off stays cut off, nothing is rounded.',
    );
  }
  return notes;
}

function castsToNarrow(nodes: readonly SourceNode[]): boolean {
  return allNodes(nodes).some(({ op, attributes: { to } }) => {
    const element = op === 'Cast' && to?.kind === 'int' ? elementOfCode(to.value) : null;
    return element !== null && isNarrowFloat(element);
  });
}

function trainingNotes(source: SourceGraph, dropped: number): string[] {
  const notes: string[] = [];
  if (dropped > 0) {
    notes.push(
      `The model was exported in training mode. Its ${dropped} Dropout node${dropped > 1 ? 's draw' : ' draws'} at random, and a loss with random masks is no function of the weights: Dropout is taken as the identity, as in evaluation mode, and the landscape is that of the deterministic network.`,
    );
  }
  if (mixesSamples(source)) {
    notes.push(
      'BatchNormalization is in training mode: it normalizes each batch by the mean and variance of its own samples, so the loss is that of batches of the size given here.',
    );
  }
  return notes;
}

const SHOWN = 6;

function some(items: readonly string[]): string {
  return items.length > SHOWN
    ? `${items.slice(0, SHOWN).join(', ')} and ${items.length - SHOWN} more`
    : items.join(', ');
}

/**
 * Names of the parameters to train: all of them, or those that a glob matches. A name that is written out counts even
 * where the tensor was taken for a constant.
 * @throws UserError when nothing is left
 */
export function trainedNames({ classification }: PreparedModel, globs: readonly string[], path: string): string[] {
  const all = classification.filter(({ trained }) => trained).map(({ name }) => name);
  const isChosen = ({ name, trained }: Classification) => (trained ? matchesGlobs(name, globs) : globs.includes(name));
  const chosen = globs.length > 0 ? classification.filter(isChosen).map(({ name }) => name) : all;
  if (chosen.length > 0) return chosen;
  if (all.length === 0) {
    const what = 'The model has no trainable parameters.';
    throw new UserError({ what, where: [path], action: withoutParameters(classification) });
  }
  throw new UserError({
    what: `No parameter matches ${globs.join(', ')}.`,
    where: [path],
    action: `Its parameters are ${all.slice(0, 12).join(', ')}${all.length > 12 ? ', …' : ''}.`,
  });
}

/** What is to do where no tensor counts as a parameter. */
export function withoutParameters(classification: readonly Classification[]): string {
  const [first] = classification;
  return first
    ? `Tensors taken for constants can be named: --parameters "${first.name}"; \`ridgeline inspect MODEL\` lists them with the reason.`
    : 'It holds no tensor of floating numbers that its nodes read.';
}

/** @throws UserError naming every weight tensor with NaN or ∞: nothing around such a point means anything */
export function checkFinite({ source, classification }: PreparedModel, path: string): void {
  const trained = new Set(classification.filter((c) => c.trained).map(({ name }) => name));
  const bad = [...source.initializers].flatMap(([name, t]) => {
    if (!isFloat(t.dtype)) return [];
    const at = firstNonFinite(t.data as Float32Array);
    // Masks hold −∞ on purpose, and clip bounds, which are single numbers, ∞.
    const bound = t.data[at] === Infinity && sizeOf(t.shape) === 1 && !trained.has(name);
    const meant = t.data[at] === -Infinity || bound;
    return at < 0 || meant ? [] : [`«${name}»: element ${at} is ${t.data[at]}`];
  });
  if (bad.length === 0) return;
  throw new UserError({
    what: `${bad.length} weight tensor${bad.length > 1 ? 's hold' : ' holds'} numbers that are not finite.`,
    where: [path, ...bad],
    action: 'Training has diverged, or the export is damaged: take an earlier checkpoint.',
  });
}

function firstNonFinite(data: Float32Array): number {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return i;
  return -1;
}

/** Globs over parameter names, as in file names: `*` any characters, `?` one. */
export function matchesGlobs(name: string, globs: readonly string[]): boolean {
  return globs.some((glob) => {
    const pattern = glob
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.');
    return new RegExp(`^${pattern}$`).test(name);
  });
}

/** The model as a graph of core operators, for one batch size. */
export interface LoweredModel {
  g: GraphBuilder;
  inputs: Readonly<Record<string, Value>>;
  parameters: readonly { name: string; value: Value; tensor: Tensor }[];
  outputs: Readonly<Record<string, Value>>;
  /** Of the outputs whose axes are not those of the file. */
  axes?: Readonly<Record<string, WrittenAxes>>;
  /** Nodes on the way from a parameter to an output that have no derivative. */
  missing: readonly Node[];
  opset: number;
}

/**
 * The model with the samples on axis 0 of every input and output. Where the file has them on another axis of an input,
 * an output has them on the axis that is as long as the batch; of several such, on the one that grows with it.
 * @param shapes of the inputs, the batch on axis 0
 * @param trained which initializers are parameters
 */
export async function lowerModel(
  prepared: PreparedModel,
  shapes: Readonly<Record<string, readonly number[]>>,
  trained: readonly string[],
  engine: Engine,
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
    // A file of one batch size: what reads sequences step by step mostly writes them so.
    const likely = found.find((axis) => (grown ? grown[axis] !== batch : axis === moved[0].sampleAxis));
    const axis = likely ?? found[0] ?? 0;
    if (axis === 0) return value;
    axes[name] = toFront(value.shape.length, axis);
    return lowered.g.transpose(value, axes[name] as number[]);
  };
  const outputs = Object.entries(lowered.outputs).map(([name, value]) => [name, first(name, value)]);
  return { ...lowered, outputs: Object.fromEntries(outputs) as LoweredModel['outputs'], axes };
}

/** The model for one sample more, null where the file knows the size of its batch. */
async function lowerLarger(
  prepared: PreparedModel,
  shapes: Readonly<Record<string, readonly number[]>>,
  trained: readonly string[],
  engine: Engine,
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
  engine: Engine,
): Promise<LoweredModel> {
  const g = new GraphBuilder();
  const inputs = Object.fromEntries(source.inputs.map(({ name, dtype }) => [name, g.input(name, dtype, shapes[name])]));
  const parameters = trained.map((name) => {
    const tensor = source.initializers.get(name)!;
    // Parameters are float32 whatever the file has: so are the vectors of every algorithm above.
    return { name, tensor: asFloat32(tensor), value: g.input(name, 'float32', tensor.shape) };
  });
  const bound = new Map<string, Value>(
    source.inputs.map(({ name, shape, sampleAxis }) => {
      const value = inputs[name];
      // One sample of an input that has no axis for it.
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
  const theta = parameters.map(({ value }) => value);
  return {
    g,
    inputs,
    parameters,
    outputs,
    missing: missingRules(Object.values(outputs), theta),
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
  return parameters.filter(({ value }) => read.has(value) && dependents([output], [value]).has(output));
}

/**
 * Bytes that the values take that are computed from the inputs: what a run with every intermediate kept needs. What
 * depends on parameters alone, such as a transposed weight, is the same for every batch and is not counted.
 */
export function activationBytes(outputs: readonly Value[], inputs: LoweredModel['inputs']): number {
  const sources = new Set(Object.values(inputs));
  const computed = [...dependents(outputs, sources)].filter((value) => !sources.has(value));
  return computed.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
}
