import { dataBeside } from '../../data/beside';
import type { Dataset, InputSpec } from '../../data/dataset';
import { formatShape } from '../../data/dataset';
import { generateInputs } from '../../data/generated';
import { readDataset } from '../../data/readDataset';
import { optionsBesideRandom, writtenInputs } from '../../data/writtenInputs';
import { UserError } from '../../errors';
import type { SourceGraph } from '../../graph/source';
import { coursesOf } from '../../model/courses';
import { GENERATED_DATA } from '../../options/options';
import type { ResolvedOptions } from '../../options/presets';
import { inputSpecs } from './inputSpecs';
import { checkLookups, lookupsOf } from './lookups';

/** Random samples are cheap but uninformative, so a few are enough for a first look. */
export const GENERATED_SAMPLES = 64;
/** A model without inputs gives the same answer for every sample. */
const SINGLE = 1;

/**
 * Reads the data that the options name, otherwise the data beside the model, or draws random inputs if the options ask
 * for that.
 * @param freeDimension finds a length for the free dimensions of a number of random samples; null where none is free
 * @throws UserError when there are no data, or they do not fit the model's inputs
 */
export function loadData(
  modelPath: string,
  source: SourceGraph,
  options: ResolvedOptions,
  freeDimension: (samples: number) => Promise<number | null>,
): Promise<Dataset> {
  return options.data === GENERATED_DATA
    ? randomData(modelPath, source, options, freeDimension)
    : givenData(modelPath, source, options);
}

async function givenData(modelPath: string, source: SourceGraph, options: ResolvedOptions): Promise<Dataset> {
  const path = options.data ?? (await dataBeside(modelPath))[0];
  if (!path) {
    throw new UserError({
      what: 'No data was given for this model.',
      where: [modelPath],
      action: `Give some with --data FILE, or take a first look with --data ${GENERATED_DATA}.`,
    });
  }
  return dataFrom(path, modelPath, source, options);
}

/**
 * Reads one data file as the options say.
 * @throws UserError when the data do not fit the model's inputs
 */
export async function dataFrom(
  path: string,
  modelPath: string,
  source: SourceGraph,
  options: ResolvedOptions,
): Promise<Dataset> {
  const inputs = inputSpecs(source);
  const data = await readDataset(path, {
    inputs,
    keys: options.input,
    target: options.target ?? undefined,
    scale: options.scale ?? undefined,
    weights: options.sampleWeights ?? undefined,
    samples: Number.isFinite(options.samples) ? options.samples : undefined,
  });
  checkSizes(inputs, data.shared, modelPath);
  checkLookups(data, lookupsOf(source));
  return data;
}

/** Draws all inputs at random, except those whose values `--input` gives or that choose what the model computes. */
async function randomData(
  modelPath: string,
  source: SourceGraph,
  options: ResolvedOptions,
  freeDimension: (samples: number) => Promise<number | null>,
): Promise<Dataset> {
  const inputs = inputSpecs(source);
  const perSample = inputs.filter(({ sharing }) => sharing !== 'likely');
  checkSizes(perSample, undefined, modelPath);
  const most = Number.isFinite(options.samples) ? options.samples : GENERATED_SAMPLES;
  const samples = options.batch ?? Math.min(most, inputs.length > 0 ? GENERATED_SAMPLES : SINGLE);
  const given = writtenInputs(inputs, options.input, samples);
  const isOpen = ({ name }: InputSpec) => !(name in given.shared) && !(name in given.inputs);
  const deciding = new Set(coursesOf(source).flatMap((course) => course.inputs));
  const chosen = optionsBesideRandom(inputs.filter(isOpen), deciding, modelPath);
  const random = generateInputs(
    inputs.filter((input) => isOpen(input) && !(input.name in chosen.shared)),
    {
      samples,
      seed: options.seed,
      below: lookupLimits(source),
      freeDimension: (await freeDimension(samples)) ?? undefined,
    },
  );
  return {
    ...random,
    inputs: Object.assign(random.inputs, given.inputs),
    shared: Object.assign(given.shared, chosen.shared),
    notes: [...random.notes, ...chosen.notes],
  };
}

/** For each input that indexes a table, returns the number of rows of the smallest table it indexes. */
function lookupLimits(source: SourceGraph): Record<string, number> {
  const below: Record<string, number> = {};
  for (const { input, rows } of lookupsOf(source)) below[input] = Math.min(below[input] ?? Infinity, rows);
  return below;
}

/**
 * Checks that no two inputs fix different batch sizes. A size of one is no conflict: the nodes that read such an input
 * repeat it for every sample.
 * @throws UserError naming the inputs
 */
function checkSizes(inputs: readonly InputSpec[], shared: Dataset['shared'], path: string): void {
  const fixed = inputs.filter(
    ({ name, shape: [size] }) => !shared?.[name] && size !== null && size !== undefined && size > 1,
  );
  if (new Set(fixed.map(({ shape: [size] }) => size)).size < 2) return;
  throw new UserError({
    what: 'Axis 0 of every input should count samples, but the file fixes different sizes for it.',
    where: [path, ...fixed.map(({ name, shape }) => `«${name}» ${formatShape(shape)}`)],
    action:
      'Re-export the model with samples on axis 0 of every input (batch_first=True in PyTorch), or name the axis that counts them "batch" (dynamic_axes). Move inputs that are the same for all samples into the model.',
  });
}
