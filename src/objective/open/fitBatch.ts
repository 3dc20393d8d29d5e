import type { Dataset } from '../../data/dataset';
import type { Engine } from '../../engine/engine';
import { UserError } from '../../errors';
import type { Value } from '../../graph/graph';
import { UnknownCourseError } from '../../lower/context';
import { mixesSamples } from '../../model/trainingMode';
import type { ResolvedOptions } from '../../options/presets';
import { answersOf } from './answers';
import { floatOutputs } from './chooseOutput';
import { batchSizeFor } from '../resources/batchSize';
import { staticBatch } from './inputSpecs';
import type { Noted } from './noted';
import type { LoweredModel } from '../../model/lowered';
import type { PreparedModel } from '../../model/prepared';

/** Batch size of the trial graph that shows how large a batch may be. */
const TRIAL_SAMPLES = 16;
/**
 * Largest rounding difference between answers to one sample in batches of two sizes, relative to the largest answer.
 */
const SAME = 1e-3;

export interface FittedModel {
  lowered: LoweredModel;
  batchSize: number;
}

export interface FitRequest {
  /** Lowers the model for a batch size. */
  build: (batch: number) => Promise<LoweredModel>;
  prepared: PreparedModel;
  data: Dataset;
  options: Pick<ResolvedOptions, 'batch' | 'lossOutput' | 'memoryBytes'>;
  engine: Engine;
  /** CPU threads that lanes may share; 1 where there are no lanes. */
  threads: number;
  path: string;
}

/**
 * Lowers the model for a batch size: the one that the user set, otherwise as many samples as suit the memory. A file
 * that was exported for a fixed size, and works only with that size, gets it. The remarks say where the size could not
 * be chosen.
 */
export async function fitBatch(request: FitRequest): Promise<Noted<FittedModel>> {
  const { prepared, data, options } = request;
  const numbers = prepared.source.inputs.filter(({ shape }) => shape.length === 0).map(({ name }) => `«${name}»`);
  if (numbers.length > 0) {
    const why = `Samples run one at a time, because each has its own ${numbers.join(', ')}, an input without axes.`;
    return { value: await oneByOne(request), notes: [], remarks: [why] };
  }
  const fixed = staticBatch(prepared.source);
  const trialled = trialSize(options, data.samples);
  try {
    const fitted = await grown(request, trialled, fixed);
    if (fitted) return { value: fitted, notes: [] };
  } catch (fault) {
    if (fault instanceof UnknownCourseError && trialled > 1) {
      const why = `Samples run one at a time, because the data decide the course of ${fault.where.join(', ')}.`;
      return { value: await oneByOne(request), notes: [], remarks: [why] };
    }
    if (fixed === null || fixed === trialled) throw fault;
  }
  return atWrittenSize(request, fixed);
}

/**
 * Lowers the model for a larger batch after a trial; null where its outputs do not follow the batch size, or its
 * answers depend on it.
 */
async function grown(request: FitRequest, trialled: number, fixed: number | null): Promise<FittedModel | null> {
  const { build, prepared, data, options, threads, path } = request;
  const attempt = async (size: number): Promise<FittedModel | null> => {
    const fitted = { lowered: await build(size), batchSize: size };
    return followsBatch(request, fitted) ? fitted : null;
  };
  const trial = await attempt(trialled);
  if (!trial || (fixed !== null && fixed !== trialled && !(await samePerSample(request, trial, fixed)))) return null;
  if (options.batch) return trial;
  const { lowered } = trial;
  const [[, read]] = floatOutputs(lowered, options.lossOutput, path);
  const mixing = mixesSamples(prepared.source);
  const size = batchSizeFor({ lowered, trialled, samples: data.samples, read, mixing, threads }, options);
  return size === trialled ? trial : ((await attempt(size)) ?? trial);
}

/**
 * Lowers the model for the size in the file. Its constants may require a size, such as the data's, that no input fixes.
 */
async function atWrittenSize(request: FitRequest, fixed: number | null): Promise<Noted<FittedModel>> {
  const { build, data } = request;
  const size = fixed ?? data.samples;
  const built = { lowered: await build(size), batchSize: size };
  if (size > 1 && followsBatch(request, built)) {
    const why = `The model was exported for batches of ${fixed} and runs with them.`;
    return { value: built, notes: [], remarks: fixed === null ? [] : [why] };
  }
  const why =
    fixed === null
      ? 'Samples run one at a time, because no output counts samples on its first axis.'
      : 'The model was exported for batches of 1 and runs with them.';
  return { value: await oneByOne(request, fixed === null ? null : built), notes: [], remarks: [why] };
}

/** Batch size of the graph that is tried first. */
export function trialSize({ batch }: { batch: number | null }, samples: number): number {
  return Math.min(batch ?? TRIAL_SAMPLES, samples);
}

/**
 * Runs one sample at a time, where no output counts samples on its first axis. Every output then belongs to one sample
 * and gets an axis for it.
 * @param built the model for the size that the file fixes, if it fixes one
 * @throws UserError when that size is not one
 */
async function oneByOne({ build, options, path }: FitRequest, built: FittedModel | null = null): Promise<FittedModel> {
  if (built && built.batchSize !== 1) {
    const outputs = floatOutputs(built.lowered, options.lossOutput, path);
    throw new UserError({
      what: `The model was exported for batches of ${built.batchSize}, but no output has one entry per sample on its first axis.`,
      where: [path, ...outputs.map(([name, { shape }]) => `«${name}» [${shape.join(', ')}]`)],
      action: 'Export the model with a batch of one, or with outputs that count samples on axis 0.',
    });
  }
  const lowered = built?.lowered ?? (await build(1));
  const { g } = lowered;
  const axes = { ...lowered.axes };
  const whole = (name: string, value: Value) => {
    if (value.shape.length === 0 || value.shape[0] === 1) return value;
    axes[name] = [null, ...(axes[name] ?? value.shape.keys())];
    return g.unsqueeze(value, [0]);
  };
  const outputs = Object.fromEntries(
    Object.entries(lowered.outputs).map(([name, value]) => [name, whole(name, value)]),
  );
  return { lowered: { ...lowered, outputs, axes }, batchSize: 1 };
}

/** Whether any output that a loss may read has one entry per sample, or is a single number. */
function followsBatch({ options, path }: FitRequest, { lowered, batchSize }: FittedModel): boolean {
  return batchedOutputs(floatOutputs(lowered, options.lossOutput, path), batchSize).length > 0;
}

/** The outputs that have one entry per sample, or that the graph itself reduces to a single number per batch. */
export function batchedOutputs(outputs: readonly [string, Value][], batchSize: number): [string, Value][] {
  return outputs.filter(([, { shape }]) => shape.length === 0 || shape[0] === batchSize);
}

/**
 * Whether a larger batch than the file was exported for gives the same answers. A constant shape in the file may have
 * merged the samples with another axis, which the shapes of the outputs do not show.
 */
async function samePerSample(request: FitRequest, large: FittedModel, fixed: number): Promise<boolean> {
  const { build, data } = request;
  const small = { lowered: await build(fixed), batchSize: fixed };
  const count = Math.min(2 * fixed, large.batchSize, data.samples);
  const [alone, together] = [await answers(request, small, count), await answers(request, large, count)];
  if (!alone || !together || alone.length !== together.length) return false;
  const size = alone.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
  return alone.every((value, i) => Math.abs(value - together[i]) <= SAME * size || Object.is(value, together[i]));
}

/** The first batched output of the first samples; null where there is none. */
async function answers(
  { data, options, engine, path }: FitRequest,
  { lowered, batchSize }: FittedModel,
  most: number,
): Promise<Float32Array | null> {
  const output = batchedOutput(floatOutputs(lowered, options.lossOutput, path), batchSize);
  if (!output) return null;
  return (await answersOf({ lowered, output, data, batchSize, engine, most })).data as Float32Array;
}

const batchedOutput = (outputs: readonly [string, Value][], batchSize: number): Value | undefined =>
  outputs.find(([, { shape }]) => shape[0] === batchSize)?.[1];
