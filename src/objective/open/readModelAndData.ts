import type { Dataset } from '../../data/dataset';
import { heldOut } from '../../data/heldOut';
import { Engine } from '../../engine/engine';
import { UserError } from '../../errors';
import { checkFinite } from '../../model/finite';
import type { PreparedModel } from '../../model/prepared';
import { prepareModel, withShared } from '../../model/prepared';
import { trainedNames } from '../../model/trained';
import type { OnnxModel } from '../../onnx/model';
import { readModel } from '../../onnx/read';
import { GENERATED_DATA } from '../../options/options';
import type { ResolvedOptions } from '../../options/presets';
import { drawnSamples } from './drawnSamples';
import { trialSize } from './fitBatch';
import { LoweredBefore, lowerSomehow } from './freeDimensions';
import { inputSpecs } from './inputSpecs';
import { dataFrom, loadData } from './loadData';
import { dataWithoutUnread } from './unreadOptions';

/** A model and its data before anything is compiled. With the options, these determine an analysis. */
export interface ModelAndData {
  model: OnnxModel;
  prepared: PreparedModel;
  /** Names of the initializers that are parameters. */
  trained: readonly string[];
  /** Names of the running statistics that move as parameters do, in a wide objective. */
  statistics?: readonly string[];
  data: Dataset;
  /** Data that the model was not trained on; null where none are given. */
  test: Dataset | null;
  /** The model as lowered to find the free dimensions of random inputs. */
  before: LoweredBefore;
  /** Seconds that reading took. */
  seconds: number;
}

/**
 * Reads a model and its data.
 * @param known the data, if they have been read for this model before
 * @throws UserError when model or data cannot be read, or the data do not fit the model's inputs
 */
export async function readModelAndData(
  modelPath: string,
  options: ResolvedOptions,
  known?: Dataset,
): Promise<ModelAndData> {
  const started = performance.now();
  const model = await readModel(modelPath);
  const prepared = prepareModel(model);
  checkFinite(prepared, model.path);
  const trained = trainedNames(prepared, options.parameters, model.path);
  let before = new LoweredBefore(null);
  const load = () =>
    dataWithoutUnread(prepared, trained, (source) =>
      loadData(modelPath, source, options, async (samples) => {
        const found = await withFreeDimensions(prepared, trained, trialSize(options, samples));
        before = new LoweredBefore(found);
        return found?.free ?? null;
      }),
    );
  const data = drawnSamples(known ?? (await load()), options);
  const test = await testData(modelPath, { prepared, trained, data }, options);
  const specialized = withShared(prepared, data.shared);
  // The specialized model has constants where the model lowered so far has inputs, so that one cannot be used again.
  if (specialized !== prepared) before = new LoweredBefore(null);
  return { model, prepared: specialized, trained, data, test, before, seconds: (performance.now() - started) / 1000 };
}

/** Reads the test data in the same way as the training data. */
async function testData(
  modelPath: string,
  { prepared, trained, data }: Pick<ModelAndData, 'prepared' | 'trained' | 'data'>,
  options: ResolvedOptions,
): Promise<Dataset | null> {
  const path = options.testData;
  if (path === null) return null;
  if (data.generated || path === GENERATED_DATA) {
    throw new UserError({
      what: 'Test data are compared with training data, and neither can be generated.',
      where: [`test data ${path}`],
      action: 'Give the data that the model was trained on with --data FILE and other data with --test-data FILE.',
    });
  }
  const test = await dataWithoutUnread(prepared, trained, (source) => dataFrom(path, modelPath, source, options));
  return heldOut(test, data);
}

/** Lowers the model with lengths for its free dimensions that its nodes agree with; null where no dimension is free. */
async function withFreeDimensions(prepared: PreparedModel, trained: readonly string[], batch: number) {
  if (!inputSpecs(prepared.source).some(({ shape }) => shape.slice(1).includes(null))) return null;
  const engine = new Engine({ provider: 'cpu', threads: 1 });
  try {
    return await lowerSomehow(prepared, trained, engine, batch);
  } finally {
    await engine.dispose();
  }
}
