import type { DataCandidate } from '../protocol/worker';
import { dataBeside } from '../data/beside';
import type { Dataset, InputSpec } from '../data/dataset';
import { formatShape } from '../data/dataset';
import type { DataRequest } from '../data/match';
import { readDataset } from '../data/readDataset';
import { Engine } from '../engine/engine';
import { UserError } from '../errors';
import type { GuessedLoss } from '../loss/guess';
import { guessFor } from '../objective/open/guessFor';
import { inputSpecs, staticBatch } from '../objective/open/inputSpecs';
import type { LoweredModel } from '../model/lowered';
import type { PreparedModel } from '../model/prepared';
import { lowerModel } from '../model/lowered';
import { prepareModel, withShared } from '../model/prepared';
import { trainedNames } from '../model/trained';
import { readOutline } from '../onnx/outline/readOutline';
import { GENERATED_DATA } from '../options/options';
import { FROM_OPTIONS_FILE, readSidecar } from '../options/sidecar';
import { counted } from '../text/counts';

/**
 * Lists data for a model, best first: the data that the sidecar file names, then the given files, then files next to
 * the model. Each is read the way an analysis reads it, so `fits` is reliable.
 * @throws UserError when the model cannot be read, or the sidecar file is wrong
 */
export async function findData(model: string, also: readonly string[] = []): Promise<DataCandidate[]> {
  const prepared = prepareModel(await readOutline(model));
  const inputs = inputSpecs(prepared.source);
  const places = await placesFor(model, also, inputs);
  const engine = new Engine({ provider: 'cpu', threads: 1 });
  try {
    let lowered: LoweredModel | null | undefined;
    const candidates: DataCandidate[] = [];
    for (const { path, request, stated } of places) {
      const read = await readOrRefusal(path, request);
      if (read instanceof UserError) {
        candidates.push({ path, description: read.what, samples: 0, fits: false, loss: null });
        continue;
      }
      if (lowered === undefined) lowered = await loweredFor(prepared, read, model, engine);
      candidates.push(describe(path, read, stated ?? (lowered && guessFor(lowered, null, read))));
    }
    return candidates;
  } finally {
    await engine.dispose();
  }
}

interface Place {
  path: string;
  request: DataRequest;
  /** The loss that the sidecar file names. */
  stated?: GuessedLoss;
}

async function placesFor(model: string, also: readonly string[], inputs: readonly InputSpec[]): Promise<Place[]> {
  const { data, loss, input, target, sampleWeights, scale } = (await readSidecar(model)) ?? {};
  const stated = loss && { loss, reason: FROM_OPTIONS_FILE };
  const asStated: DataRequest = { inputs, keys: input, target, weights: sampleWeights, scale };
  const named = data === GENERATED_DATA ? undefined : data;
  const others = [...also, ...(await dataBeside(model))].filter((path) => path !== named);
  return [
    ...(named === undefined ? [] : [{ path: named, request: asStated, stated }]),
    // Keys belong to the data that the file names; where it names none, an analysis reads any data by them.
    ...[...new Set(others)].map((path) => ({ path, request: named === undefined ? asStated : { inputs }, stated })),
  ];
}

async function readOrRefusal(path: string, request: DataRequest): Promise<Dataset | UserError> {
  try {
    return await readDataset(path, request);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** Lowers the model for these data. Returns null if that fails; the analysis then explains why. */
async function loweredFor(
  prepared: PreparedModel,
  data: Dataset,
  model: string,
  engine: Engine,
): Promise<LoweredModel | null> {
  const specialized = withShared(prepared, data.shared);
  const batch = staticBatch(specialized.source) ?? 1;
  const shapes = Object.fromEntries(
    Object.entries(data.inputs).map(([name, { shape }]) => [name, [batch, ...shape.slice(1)]]),
  );
  try {
    return await lowerModel(specialized, shapes, trainedNames(prepared, [], model), engine);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

function describe(path: string, data: Dataset, loss: GuessedLoss | null): DataCandidate {
  const arrays = Object.entries({ ...data.inputs, ...data.shared }).map(
    ([name, { shape, dtype }]) => `${name} ${formatShape(shape)} ${dtype}`,
  );
  const { target } = data;
  const targets = target
    ? `${data.targetIsModelOutput ? 'recorded outputs' : 'target'} ${formatShape(target.shape)} ${target.dtype}`
    : 'no targets';
  return {
    path,
    description: `${counted(data.samples, 'sample')}: ${[...arrays, targets].join(', ')}`,
    samples: data.samples,
    fits: target !== null || loss?.loss === 'output',
    loss,
  };
}
