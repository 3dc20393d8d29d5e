import type { Dataset } from '../../data/dataset';
import { Engine } from '../../engine/engine';
import { checkFinite } from '../../model/finite';
import type { PreparedModel } from '../../model/prepared';
import { prepareModel, withShared } from '../../model/prepared';
import { trainedNames } from '../../model/trained';
import type { OnnxModel } from '../../onnx/model';
import { readModel } from '../../onnx/read';
import type { ResolvedOptions } from '../../options/presets';
import { trialSize } from './fitBatch';
import { LoweredBefore, lowerSomehow } from './freeDimensions';
import { inputSpecs } from './inputSpecs';
import { loadData } from './loadData';
import { dataWithoutUnread } from './unreadOptions';

/** A model and its data before anything is compiled. With the options, these determine an analysis. */
export interface ModelAndData {
  model: OnnxModel;
  prepared: PreparedModel;
  /** Names of the initializers that are parameters. */
  trained: readonly string[];
  data: Dataset;
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
  const data = known ?? (await load());
  const specialized = withShared(prepared, data.shared);
  // The specialized model has constants where the model lowered so far has inputs, so that one cannot be used again.
  if (specialized !== prepared) before = new LoweredBefore(null);
  return { model, prepared: specialized, trained, data, before, seconds: (performance.now() - started) / 1000 };
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
