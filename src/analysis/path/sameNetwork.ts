import { UserError } from '../../errors';
import { sizeOf } from '../../graph/tensor';
import { prepareModel } from '../../model/prepared';
import { trainedNames } from '../../model/trained';
import { checkLayout, layoutOf, readWeights } from '../../objective/open/otherWeights';
import type { WeightLayout } from '../../objective/open/otherWeights';
import type { ParameterTensor } from '../../objective/objective';
import type { OnnxModel } from '../../onnx/model';
import { readOutline } from '../../onnx/outline/readOutline';
import { readModel } from '../../onnx/read';
import { counted, formatExactCount } from '../../text/counts';
import type { CheckpointFile } from './checkpointFiles';

interface Comparison {
  /** Why a file is no checkpoint of the network, by its path. */
  differences: Map<string, string>;
  /** Whether all weights are numbers, by path. */
  finite: Map<string, boolean>;
}

/**
 * Checks that all files hold the weights of one network, before anything is measured. Each file is read once.
 * @param globs which tensors may move; none: all
 * @returns for each file whether all its weights are numbers
 * @throws UserError that names every other file, and what differs in it
 */
export async function sameNetwork(
  files: readonly CheckpointFile[],
  globs: readonly string[],
  signal?: AbortSignal,
): Promise<boolean[]> {
  const last = files[files.length - 1];
  let found = await compareWith(last, files, globs, signal);
  // Where most files differ from the last one, that one is the odd one out.
  if (found.differences.size > files.length / 2) {
    const other = await compareWith(files[0], files, globs, signal);
    if (other.differences.size < found.differences.size) found = other;
  }
  const { differences, finite } = found;
  if (differences.size === 0) return files.map(({ path }) => finite.get(path)!);
  throw new UserError({
    what: `${counted(differences.size, 'file')} of ${formatExactCount(files.length)} ${differences.size === 1 ? 'is no checkpoint' : 'are no checkpoints'} of the same network as the others.`,
    where: [...differences].map(([path, why]) => `${path}: ${why}`),
    action: 'Move them to another folder, or choose the checkpoints one by one.',
  });
}

/**
 * Whether all files hold weights of one architecture. Their outlines show it, and weights are read only where their
 * values decide what is a parameter. A file that cannot be read does not hold such weights.
 */
export async function isOneNetwork(paths: readonly string[], globs: readonly string[]): Promise<boolean> {
  try {
    const layout = layoutOfModel(await readOutline(paths[0]), globs);
    for (const path of paths.slice(1)) await checkLayout(path, layout);
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

async function compareWith(
  reference: Pick<CheckpointFile, 'path'>,
  files: readonly Pick<CheckpointFile, 'path'>[],
  globs: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Comparison> {
  const found: Comparison = { differences: new Map(), finite: new Map() };
  const excuse = (path: string, error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    found.differences.set(
      path,
      [...error.where.filter((place) => place !== path).slice(0, 2), ''].join('; ') || error.what,
    );
  };
  let layout: WeightLayout;
  try {
    layout = layoutOfModel(await readModel(reference.path), globs);
  } catch (error) {
    excuse(reference.path, error);
    return found;
  }
  for (const { path } of files) {
    signal?.throwIfAborted();
    try {
      const { theta } = await readWeights(path, layout);
      found.finite.set(path, theta.every(Number.isFinite));
    } catch (error) {
      excuse(path, error);
    }
  }
  return found;
}

/** Where the weights of a network lie in θ, from its file alone. */
function layoutOfModel(model: OnnxModel, globs: readonly string[]): WeightLayout {
  const prepared = prepareModel(model);
  const trained = trainedNames(prepared, globs, model.path);
  let offset = 0;
  const parameters = trained.map((name): ParameterTensor => {
    const { shape } = prepared.source.initializers.get(name)!;
    const count = sizeOf(shape);
    offset += count;
    return { name, shape, offset: offset - count, count, filters: null };
  });
  return layoutOf({ prepared, trained }, parameters, globs);
}
