import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { WritableModel } from '../../../src/onnx/write';
import { writeModel } from '../../../src/onnx/write';

/** Writes the model to `path`, its large weights in files beside it, as exporters do. */
export async function writeNetwork(path: string, model: WritableModel): Promise<void> {
  const { bytes, external } = writeModel(model);
  await writeFile(path, bytes);
  for (const { path: name, data } of external) await writeFile(join(dirname(path), name), data);
}
