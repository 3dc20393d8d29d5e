import { copyFile, mkdtemp, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../../errors';
import { prepareModel } from '../../model/prepared';
import type { ParameterTensor } from '../../objective/objective';
import type { ModelAndData } from '../../objective/open/readModelAndData';
import type { ExternalChange } from '../../onnx/otherWeights';
import { withOtherWeights } from '../../onnx/otherWeights';
import { readModel } from '../../onnx/read';
import { refused, weightsOfFile } from './weightsOfFile';

/** Writes θ as a model with the same graph. */
export type SaveWeights = (parameters: readonly ParameterTensor[], theta: Float32Array) => Promise<void>;

/**
 * Prepares to write the model with other weights to `path`. Everything but the weights keeps its bytes. Weights in files
 * beside the model go to files beside the new one. The files get their places after the new model was read again and has
 * exactly these weights, so a model whose weights cannot be written one by one is refused and never half right.
 * @throws UserError at once if the path is that of the model or of its weights, or if the model is quantized
 */
export async function saveBest(read: ModelAndData, path: string): Promise<SaveWeights> {
  const { model } = read;
  const own = [model.path, ...model.externalFiles.map((name) => join(dirname(model.path), name))];
  const names = new Map(model.externalFiles.map((name, i) => [name, externalName(path, i)]));
  for (const target of [path, ...[...names.values()].map((name) => join(dirname(path), name))]) {
    for (const source of own) {
      if (!(await isSameFile(target, source))) continue;
      throw refused(
        'The new weights would overwrite the model that is analysed.',
        [target],
        'Choose another name for the new model.',
      );
    }
  }
  const weights = weightsOfFile(read);
  return async (parameters, theta) => {
    const { bytes, external } = withOtherWeights(
      model.bytes,
      (name) => weights.bytesOf(name, parameters, theta),
      (location) => names.get(location) ?? location,
      weights.separateOf(parameters, theta),
    );
    const folder = await mkdtemp(join(dirname(resolve(path)), '.ridgeline-'));
    try {
      for (const [location, name] of names) {
        await copyFile(join(dirname(model.path), location), join(folder, name));
        await patch(
          join(folder, name),
          external.filter((change) => change.location === location),
        );
      }
      const written = join(folder, basename(path));
      await writeFile(written, bytes);
      await checkWritten(written, parameters, theta, read);
      for (const name of names.values()) await rename(join(folder, name), join(dirname(path), name));
      await rename(written, path);
    } catch (cause) {
      if (cause instanceof UserError) throw cause;
      const { code, message } = cause as NodeJS.ErrnoException;
      throw new UserError(
        {
          what: `The new weights cannot be written: ${code ?? message}.`,
          where: [path],
          action: 'Choose another place.',
        },
        { cause },
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

/** `best.onnx.data` beside `best.onnx`. */
function externalName(path: string, index: number): string {
  return `${basename(path)}${index > 0 ? `.${index}` : ''}.data`;
}

async function patch(path: string, changes: readonly ExternalChange[]): Promise<void> {
  const file = await open(path, 'r+');
  try {
    for (const { offset, bytes } of changes) await file.write(bytes, 0, bytes.length, offset);
  } finally {
    await file.close();
  }
}

/** Reads the new model as an analysis does. @throws UserError if its parameters are not exactly the ones to write */
async function checkWritten(
  written: string,
  parameters: readonly ParameterTensor[],
  theta: Float32Array,
  { model, trained }: ModelAndData,
): Promise<void> {
  const { source, classification } = prepareModel(await readModel(written));
  const found = new Set(classification.filter((each) => each.trained).map(({ name }) => name));
  const wrong = parameters.filter(({ name, offset, count, statistic }) => {
    const data = source.initializers.get(name)?.data as Float32Array | Float64Array | undefined;
    // Running statistics are no parameters, but may be written as well.
    return (
      !data ||
      !(statistic || found.has(name)) ||
      data.length !== count ||
      !data.every((x, i) => Object.is(x, theta[offset + i]))
    );
  });
  if (wrong.length === 0 && trained.every((name) => found.has(name))) return;
  throw refused(
    'The file holds parameters together that training moves apart, so the new weights do not fit into it.',
    [model.path, ...wrong.slice(0, 6).map(({ name }) => name)],
    'Export the model with each parameter as an initializer of its own.',
  );
}

export async function isSameFile(a: string, b: string): Promise<boolean> {
  if (resolve(a) === resolve(b)) return true;
  const [first, second] = await Promise.all([a, b].map((path) => stat(path).catch(() => null)));
  return first !== null && second !== null && first.dev === second.dev && first.ino === second.ino;
}
