import { UserError } from '../../errors';
import type { Tensor } from '../../graph/tensor';
import { isFloat } from '../../graph/tensor';
import type { PreparedModel } from '../../model/prepared';
import { prepareModel } from '../../model/prepared';
import { runningStatistics } from '../../model/statistics';
import { matchesGlobs, trainedNames } from '../../model/trained';
import type { OnnxModel } from '../../onnx/model';
import { readOutline } from '../../onnx/outline/readOutline';
import { readModel } from '../../onnx/read';
import type { NamedValues, ParameterTensor } from '../objective';
import type { ModelAndData } from './readModelAndData';

interface NamedShape {
  name: string;
  shape: readonly number[];
}

/** What to read from the file of another model. It holds no weights but the statistics, which are small. */
export interface WeightLayout {
  /** All parameters of the file that may move, in the order of their use; the loss need not read each. */
  trained: readonly NamedShape[];
  /** Names of tensors that count as constants in this model. */
  constants: ReadonlySet<string>;
  /** The tensors of θ. */
  parameters: readonly ParameterTensor[];
  /** Running statistics of BatchNormalization with their values in this model, in the order of their use. */
  statistics: readonly (NamedShape & NamedValues)[];
  /** Which tensors may move; none: all. */
  globs: readonly string[];
}

/** How a message names the place of a tensor: in this model, and in the other one. */
export interface PlaceWords {
  here: string;
  there: string;
}

const WORDS: PlaceWords = { here: 'here', there: 'there' };

/** Weights of another model, in the places of this one. */
export interface ModelWeights {
  /** [dim] */
  theta: Float32Array;
  /** Running statistics under the names of this model. */
  statistics: readonly NamedValues[];
}

/** @param parameters the tensors of θ, as the objective has them */
export function layoutOf(
  { prepared, trained }: Pick<ModelAndData, 'prepared' | 'trained'>,
  parameters: readonly ParameterTensor[],
  globs: readonly string[],
): WeightLayout {
  const { initializers } = prepared.source;
  return {
    constants: new Set(prepared.classification.flatMap(({ name }) => (trained.includes(name) ? [] : [name]))),
    trained: trained.map((name) => ({ name, shape: initializers.get(name)!.shape })),
    parameters: parameters.filter(({ statistic }) => !statistic),
    statistics: movableStatistics(prepared, trained, globs).map((name) => {
      const tensor = initializers.get(name)!;
      return { name, shape: tensor.shape, values: asFloat32(tensor, name) };
    }),
    globs,
  };
}

/**
 * Running statistics that a path to another model may move: all, or those whose names match where only some parameters
 * may move. A statistic that the user made a parameter is one.
 */
export function movableStatistics(
  { source }: PreparedModel,
  trained: readonly string[],
  globs: readonly string[],
): string[] {
  return runningStatistics(source).filter(
    (name) => !trained.includes(name) && (globs.length === 0 || matchesGlobs(name, globs)),
  );
}

/**
 * Reads θ and the running statistics of another model of the same architecture from its file, without running it.
 * Tensors match by name and shape. Those whose names the other file does not have match the ones that are left there in
 * the order of their use, and must have their shapes. Cost: one reading of the file.
 * @throws UserError when the file cannot be read, or the models have different parameters
 */
export async function readWeights(path: string, like: WeightLayout, words: PlaceWords = WORDS): Promise<ModelWeights> {
  const { parameters, statistics } = matchedTensors(await readModel(path), like, words);
  const theta = new Float32Array(like.parameters.reduce((sum, { count }) => sum + count, 0));
  for (const { name, offset } of like.parameters) theta.set(asFloat32(parameters.get(name)!, name), offset);
  return {
    theta,
    statistics: like.statistics.map(({ name }) => ({ name, values: asFloat32(statistics.get(name)!, name) })),
  };
}

/**
 * Checks that another model has the same architecture, by the outline of its file.
 * @throws UserError as `readWeights` does
 */
export async function checkLayout(path: string, like: WeightLayout): Promise<void> {
  matchedTensors(await readOutline(path), like, WORDS);
}

/** The tensors of another model under the names of this one. */
function matchedTensors(model: OnnxModel, like: WeightLayout, words: PlaceWords) {
  const { path } = model;
  const prepared = prepareModel(model);
  const file = { path, model, prepared, constants: like.constants, words };
  const trained = trainedNames(prepared, like.globs, path);
  const statistics = movableStatistics(prepared, trained, like.globs);
  return {
    parameters: matchTensors(like.trained, trained, file, 'parameter'),
    statistics: matchTensors(like.statistics, statistics, file, 'statistic'),
  };
}

interface OtherFile {
  path: string;
  model: OnnxModel;
  prepared: PreparedModel;
  /** Names of tensors that are constants in our model. */
  constants: ReadonlySet<string>;
  words: PlaceWords;
}

/**
 * Finds a tensor of the other file for each of ours.
 * @param others names of the tensors of this kind there, in the order of their use
 */
function matchTensors(
  own: readonly NamedShape[],
  others: readonly string[],
  file: OtherFile,
  kind: 'parameter' | 'statistic',
): Map<string, Tensor> {
  const matched = new Map<string, Tensor>();
  for (const { name, shape } of own) {
    const tensor = tensorNamed(name, file);
    if (tensor && isOfShape(tensor, shape)) matched.set(name, tensor);
  }
  const open = own.filter(({ name }) => !matched.has(name));
  const left = others.filter((name) => !matched.has(name)).map((name) => ({ name, tensor: tensorNamed(name, file)! }));
  const fits = open.length === left.length && open.every(({ shape }, i) => isOfShape(left[i].tensor, shape));
  if (!fits) throw differs(file, kind, differences(open, left, file));
  for (const [i, { name }] of open.entries()) matched.set(name, left[i].tensor);
  return matched;
}

/**
 * A floating tensor by its name. A tensor that is read as a copy of another one, because both have the same values, has
 * its own name only in the file.
 */
function tensorNamed(name: string, { model, prepared }: OtherFile): Tensor | undefined {
  const found = prepared.source.initializers.get(name) ?? model.graph.initializers.get(name);
  return found && isFloat(found.dtype) ? found : undefined;
}

interface NamedTensor {
  name: string;
  tensor: Tensor;
}

/** What only one of the two models has, or has in another shape. */
function differences(
  open: readonly NamedShape[],
  left: readonly NamedTensor[],
  { constants, words: { here, there } }: Pick<OtherFile, 'constants' | 'words'>,
): string[] {
  const namesakes = new Set(open.map(({ name }) => name).filter((name) => left.some((each) => each.name === name)));
  return [
    ...open.map(({ name, shape }) => {
      const namesake = left.find((each) => each.name === name);
      return namesake
        ? `${name} ${sizes(namesake.tensor.shape)}, ${here} ${sizes(shape)}`
        : `only ${here}: ${name} ${sizes(shape)}`;
    }),
    ...left
      .filter(({ name }) => !namesakes.has(name))
      .map(({ name, tensor }) => {
        const text = `${name} ${sizes(tensor.shape)}`;
        return constants.has(name) ? `a parameter ${there} and a constant ${here}: ${text}` : `only ${there}: ${text}`;
      }),
  ];
}

function differs({ path }: OtherFile, kind: 'parameter' | 'statistic', where: readonly string[]): UserError {
  const others = kind === 'parameter' ? 'parameters' : 'running statistics';
  return new UserError({
    what: `The other model has other ${others}, so there is no line between the two.`,
    where: [path, ...where],
    action:
      'Choose a model of the same architecture, exported in the same way. A tensor that counts as a constant becomes a parameter by its name: --parameters "*,NAME".',
  });
}

function asFloat32({ dtype, data }: Tensor, name: string): Float32Array {
  if (dtype !== 'float32' && dtype !== 'float64') throw new Error(`The weights «${name}» are ${dtype}.`);
  return Float32Array.from(data as Float32Array | Float64Array);
}

const isOfShape = (tensor: Tensor, shape: readonly number[]) =>
  tensor.shape.length === shape.length && tensor.shape.every((size, axis) => size === shape[axis]);

const sizes = (shape: readonly number[]) => `[${shape.join(', ')}]`;
