import type { SourceGraph } from '../graph/source';
import { isMalformation } from '../graph/malformation';
import type { Tensor } from '../graph/tensor';
import type { OnnxModel } from '../onnx/model';
import { ModelFileError } from '../onnx/modelFileError';
import { weightsOfAttributes } from './classicalWeights';
import { coursesOf, courseSentence } from './courses';
import { withDefaultInputs } from './defaultInputs';
import { floatShadow } from './floatShadow';
import { unfoldCopies } from './foldedCopies';
import { withGatheredTables } from './gatheredTables';
import { hoistConstants } from './hoist';
import { constantsOfCode, materializeConstants } from './materialize';
import { splitMergedInitializers } from './mergedInitializers';
import { inputNotes, parameterNotes, precisionNotes, trainingNotes } from './notes';
import type { Classification } from './parameters';
import { classifyParameters } from './parameters';
import { floatingModel } from './quantized/shadow';
import { samplePlaces, toFront } from './sampleAxis';
import { tieEqualInitializers } from './ties';
import { withoutDropout } from './trainingMode';
import { unusableInput } from './unusableInput';

/** A model file made ready: constants are in one place, merged parameters are split, every floating tensor is classified. */
export interface PreparedModel {
  source: SourceGraph;
  classification: readonly Classification[];
  /** Sentences for the report. */
  notes: readonly string[];
}

/**
 * @param unusable how to treat inputs of unsupported types; an inspection omits them
 * @throws UserError if a node contradicts itself, cannot be read, or names such an input
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
  const { source: constant, tables } = withGatheredTables(unfolded, written);
  const everything = classifyParameters(constant, written);
  const source = withDefaultInputs(constant, trainedIn(everything), {
    irVersion: model.irVersion,
    names: model.graph.defaults ?? [],
    initializers: initializers.size,
  });
  const classification = everything.filter(({ name }) => source.initializers.has(name));
  const notes = [
    ...precisionNotes(model, found),
    ...trainingNotes(source, dropped),
    ...inputNotes(samplesFirst, raw),
    ...parameterNotes({ split, ties, copies, tables }, trainedIn(classification)),
  ];
  return { source, classification, notes };
}

const trainedIn = (classification: readonly Classification[]) =>
  new Set(classification.filter(({ trained }) => trained).map(({ name }) => name));

/** Inputs with a default value, and that value. */
export function defaultsOf({ source }: PreparedModel): Record<string, Tensor> {
  return Object.fromEntries(source.inputs.flatMap(({ name, byDefault }) => (byDefault ? [[name, byDefault]] : [])));
}

/** The model with those inputs as constants, with one value for all samples. */
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
