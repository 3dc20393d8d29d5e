import type { Dataset } from '../../data/dataset';
import type { Engine } from '../../engine/engine';
import { UserError } from '../../errors';
import type { Value } from '../../graph/graph';
import { UnknownCourseError } from '../../lower/context';
import { nodesOf } from '../../graph/graph';
import { sizeOf } from '../../graph/tensor';
import { mixesSamples } from '../../model/trainingMode';
import type { ResolvedOptions } from '../../options/presets';
import { answersOf } from './answers';
import { floatOutputs } from './chooseOutput';
import { laneCount } from '../resources/laneCount';
import { staticBatch } from './loadData';
import { planFor } from '../resources/memoryPlan';
import type { LoweredModel } from '../../model/lowered';
import type { PreparedModel } from '../../model/prepared';
import { activationBytes } from '../../model/lowered';
import { takesWholeBatches, wholeBatchSize } from './wholeBatches';

/** An operator with less to write takes no longer than its call: measured on an LSTM, whose products halved in time. */
const BYTES_PER_OPERATOR = 2 ** 18;
const MOST_EXCESS = 4;
/** A batch this large amortizes the cost of a run. */
const MOST_SAMPLES = 2048;
/** Samples of the trial graph that tells how large a batch may be. */
const TRIAL_SAMPLES = 16;
/** Answers of the same sample in batches of two sizes may differ by rounding, relative to the largest. */
const SAME = 1e-3;

export interface FittedModel {
  lowered: LoweredModel;
  batchSize: number;
}

type MemoryOption = Pick<ResolvedOptions, 'memoryBytes'>;

export interface FitRequest {
  /** Lowers the model for a batch size. */
  build: (batch: number) => Promise<LoweredModel>;
  prepared: PreparedModel;
  data: Dataset;
  options: Pick<ResolvedOptions, 'batch' | 'lossOutput' | 'memoryBytes'>;
  engine: Engine;
  /** Of the CPU, that lanes may share; one where there are none. */
  threads: number;
  /** Gets a sentence where the size was not free. */
  notes: string[];
  path: string;
}

/**
 * Lowers the model for a batch size: the one asked for, else as many samples as memory suggests. Where the file was
 * exported for a fixed size and means it, that one, in which the data are then run.
 */
export async function fitBatch(request: FitRequest): Promise<FittedModel> {
  const { build, prepared, data, options, notes } = request;
  const numbers = prepared.source.inputs.filter(({ shape }) => shape.length === 0).map(({ name }) => `«${name}»`);
  if (numbers.length > 0) {
    notes.push(`Samples are run one at a time: each has its own ${numbers.join(', ')}, an input without axes.`);
    return oneByOne(request, null, []);
  }
  const fixed = staticBatch(prepared.source);
  const trialled = trialSize(options, data.samples);
  const attempt = async (size: number): Promise<FittedModel | null> => {
    const fitted = { lowered: await build(size), batchSize: size };
    return followsBatch(request, fitted) ? fitted : null;
  };
  const grown = async (): Promise<FittedModel | null> => {
    const trial = await attempt(trialled);
    if (!trial || (fixed !== null && fixed !== trialled && !(await samePerSample(request, trial, fixed)))) return null;
    const size = options.batch ? trialled : batchSizeFor(trial.lowered, trialled, request);
    return size === trialled ? trial : ((await attempt(size)) ?? trial);
  };
  try {
    const fitted = await grown();
    if (fitted) return fitted;
  } catch (fault) {
    if (fault instanceof UnknownCourseError && trialled > 1) {
      notes.push(`The data decide the course of ${fault.where.join(', ')}: samples are run one at a time.`);
      return oneByOne(request, null, []);
    }
    if (fixed === null || fixed === trialled) throw fault;
  }
  // No size was written into the file, yet some constant in there knows one: maybe that of the data.
  const size = fixed ?? data.samples;
  const last = { lowered: await build(size), batchSize: size };
  if (size > 1 && followsBatch(request, last)) {
    if (fixed !== null) notes.push(`The model was exported for batches of ${fixed} and is run so.`);
    return last;
  }
  return oneByOne(request, fixed === null ? null : last);
}

/** Samples of the graph that is tried first. */
export function trialSize({ batch }: { batch: number | null }, samples: number): number {
  return Math.min(batch ?? TRIAL_SAMPLES, samples);
}

/**
 * One sample at a time, where no output counts samples on its first axis: whatever an output holds then is of that
 * sample, and gets an axis of its own for it.
 * @param built for the size that the file fixes, where it does
 * @param why sentences for the report
 * @throws UserError when that size is another than one
 */
async function oneByOne(
  { build, notes, options, path }: FitRequest,
  built: FittedModel | null,
  why = [
    built
      ? 'The model was exported for batches of 1 and is run so.'
      : 'No output counts samples on its first axis: they are run one at a time.',
  ],
): Promise<FittedModel> {
  const outputsOf = (lowered: LoweredModel) => floatOutputs(lowered, options.lossOutput, path);
  if (built && built.batchSize !== 1) {
    const shapes = outputsOf(built.lowered).map(([name, { shape }]) => `«${name}» [${shape.join(', ')}]`);
    throw new UserError({
      what: `The model was exported for batches of ${built.batchSize}, but no output has one entry per sample on its first axis.`,
      where: [path, ...shapes],
      action: 'Export the model with a batch of one, or with outputs that count samples on axis 0.',
    });
  }
  const lowered = built?.lowered ?? (await build(1));
  const { g } = lowered;
  notes.push(...why);
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

/** Whether an output that a loss may read has one entry per sample, or is a single number. */
function followsBatch({ options, path }: FitRequest, { lowered, batchSize }: FittedModel): boolean {
  return batchedOutputs(floatOutputs(lowered, options.lossOutput, path), batchSize).length > 0;
}

/** Those outputs that have one entry per sample, or are a mean over the batch that the graph takes itself. */
export function batchedOutputs(outputs: readonly [string, Value][], batchSize: number): [string, Value][] {
  return outputs.filter(([, { shape }]) => shape.length === 0 || shape[0] === batchSize);
}

/**
 * Whether samples are answered alike in a larger batch than the file was exported for: a constant shape in the file may
 * have merged samples with something else, which no shape at the end betrays.
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

/** In batches of nearly equal size, as many as the lanes can share evenly. */
function batchSizeFor(
  lowered: LoweredModel,
  trialled: number,
  { prepared, options, threads, data: { samples }, path }: FitRequest,
): number {
  const perSample = passBytes(lowered) / trialled;
  const work = { dim: dimOf(lowered), passBytes: perSample * samples, batches: samples };
  const lanes = laneCount(threads, work, options);
  const most = Math.min(mostSamples(lowered, trialled, options, lanes), Math.ceil(samples / lanes));
  const [[, read]] = floatOutputs(lowered, options.lossOutput, path);
  if (takesWholeBatches(read, mixesSamples(prepared.source))) return wholeBatchSize(samples, most);
  return Math.ceil(samples / (lanes * Math.ceil(samples / most / lanes)));
}

/**
 * As many samples as keep intermediate results in bounds. A graph of many small operators, such as an unrolled recurrent
 * layer, spends its time between them: there the batch grows until they have something to do, at most so far that the
 * bound is exceeded by a few times. What a run holds at once is a small part of their sum.
 * @param samples that the graph was lowered for
 */
export function mostSamples(lowered: LoweredModel, samples: number, options: MemoryOption, lanes: number): number {
  const { activationBytes: planned } = planFor(options, dimOf(lowered), { lanes });
  const operators = nodesOf(Object.values(lowered.outputs)).length;
  const busy = Math.min(operators * BYTES_PER_OPERATOR, MOST_EXCESS * planned);
  const perSample = passBytes(lowered) / samples;
  return Math.min(Math.max(1, Math.floor(Math.max(planned, busy) / perSample)), MOST_SAMPLES);
}

const dimOf = ({ parameters }: LoweredModel) => parameters.reduce((sum, { value }) => sum + sizeOf(value.shape), 0);

/** Intermediate results of a forward pass of one batch. */
const passBytes = ({ inputs, outputs }: LoweredModel) => activationBytes(Object.values(outputs), inputs);
