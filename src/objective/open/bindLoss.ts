import type { Dataset } from '../../data/dataset';
import type { Engine } from '../../engine/engine';
import type { Value } from '../../graph/graph';
import type { LoweredModel } from '../../model/lowered';
import { lowerModel } from '../../model/lowered';
import { mixesSamples } from '../../model/trainingMode';
import type { ResolvedOptions } from '../../options/presets';
import { answersOf } from './answers';
import { askData } from './askData';
import type { BoundTest } from './bindTest';
import { bindTest } from './bindTest';
import { chooseLossOutput, floatOutputs } from './chooseOutput';
import type { FittedModel } from './fitBatch';
import { batchedOutputs, fitBatch } from './fitBatch';
import { withScalarOutputs } from './innerLoss/scalarOutputs';
import type { TakenApart } from './innerLoss/takeApart';
import { cannotWeigh, takeApart } from './innerLoss/takeApart';
import { staticBatch } from './inputSpecs';
import type { LossChoice } from './lossChoice';
import type { Noted } from './noted';
import type { ModelAndData } from './readModelAndData';
import { wholeBatches } from './wholeBatches';

/** A model lowered for a batch size, with the loss of one of its outputs on the data. */
export interface BoundLoss {
  lowered: LoweredModel;
  batchSize: number;
  /** The output that the loss reads, [batchSize, …], or the loss of a whole batch, []. */
  output: Value;
  choice: LossChoice;
  /** The samples that are used, with their targets. */
  data: Dataset;
  /** The same of the test data; null where there are none. */
  test: BoundTest | null;
}

export interface BindRequest extends Omit<ModelAndData, 'seconds'> {
  options: ResolvedOptions;
  /** Runs trial graphs. */
  engine: Engine;
  /** CPU threads that lanes may share; 1 where there are no lanes. */
  threads: number;
}

type Build = (batch: number) => Promise<LoweredModel>;

/**
 * Lowers the model, chooses output and loss, and converts data and targets to the form that the loss needs.
 * @throws UserError when model, data and loss do not fit together
 */
export async function bindLoss(request: BindRequest): Promise<Noted<BoundLoss>> {
  const { model, prepared, data, test, options, engine, threads } = request;
  const build = buildOf(request);
  const fitted = await fitBatch({ build, prepared, data, options, engine, threads, path: model.path });
  const chosen = await outputAndLoss(request, fitted.value);
  const apart = await perSample(request, { build, fitted: fitted.value, ...chosen });
  const { lowered, batchSize, output } = apart.value;
  const mixing = mixesSamples(prepared.source);
  const whole = wholeBatches({ ...chosen.labelled, target: chosen.choice.target }, output, { batchSize, mixing });
  const { choice, read } = chosen;
  const name = choice.outputName;
  const found =
    test &&
    bindTest(fitted.value.lowered, test, { name, value: read, axes: axesOf(fitted.value, name) }, { choice, options });
  const wholeTest = found && wholeBatches(found.data, output, { batchSize, mixing });
  return {
    value: {
      lowered,
      batchSize,
      output,
      choice,
      data: whole.value,
      test: found && wholeTest && { choice: found.choice, data: wholeTest.value },
    },
    notes: [...fitted.notes, ...apart.notes, ...whole.notes, ...(wholeTest?.notes ?? []).map(ofTestData)],
    remarks: [...(fitted.remarks ?? []), ...(apart.remarks ?? [])],
  };
}

const axesOf = ({ lowered }: FittedModel, output: string) => lowered.axes?.[output];

const ofTestData = (note: string) => `Test data: ${note}`;

/** Returns a function that lowers the model for any batch size. */
function buildOf({ prepared, trained, data, before, options, engine }: BindRequest): Build {
  const lower = async (size: number) => {
    const shapes = inputShapes(data, size);
    return before.take(shapes) ?? lowerModel(prepared, shapes, trained, engine);
  };
  return withScalarOutputs(lower, data, { loss: options.loss, fixed: staticBatch(prepared.source) });
}

function inputShapes(data: Dataset, batch: number): Record<string, readonly number[]> {
  return Object.fromEntries(Object.entries(data.inputs).map(([name, { shape }]) => [name, [batch, ...shape.slice(1)]]));
}

interface ChosenOutput {
  /** The output that the loss reads. */
  read: Value;
  choice: LossChoice;
  /** The data with their targets; for random inputs, the targets are the model's own answers. */
  labelled: Dataset;
}

async function outputAndLoss(
  { model, data, options, engine }: BindRequest,
  fitted: FittedModel,
): Promise<ChosenOutput> {
  const outputs = batchedOutputs(floatOutputs(fitted.lowered, options.lossOutput, model.path), fitted.batchSize);
  // Random inputs have no targets that could show which output the loss should read.
  const readable = data.generated ? outputs.slice(0, 1) : outputs;
  const answers = { ...fitted, output: readable[0][1], data, engine };
  const labelled = data.generated ? { ...data, target: await answersOf(answers) } : data;
  const { output: read, choice } = chooseLossOutput(fitted.lowered, labelled, readable, options);
  const settled = await askData(choice, { ...fitted, output: read, data: labelled, engine });
  return { read, choice: settled, labelled };
}

/** Splits a loss that the graph computes for a whole batch into the losses of its samples, where that is possible. */
async function perSample(
  { model, prepared, data, options, engine }: BindRequest,
  { build, fitted, read, choice }: ChosenOutput & { build: Build; fitted: FittedModel },
): Promise<Noted<TakenApart>> {
  const { outputName } = choice;
  const mixing = mixesSamples(prepared.source);
  const ofBatch = read.shape.length === 0;
  if (mixing && ofBatch && data.weights) throw cannotWeigh(outputName, model.path);
  if (mixing || !ofBatch) return { value: { ...fitted, output: read }, notes: [] };
  const fixed = staticBatch(prepared.source);
  const weights = data.weights ?? null;
  return takeApart({ fitted, outputName, build, data, weights, fixed, options, engine, path: model.path });
}
