import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Copies a sample into a folder of its own below `to`, where its options may be edited. A copy that is there already
 * becomes the original again. Contents are copied and not files, because an installed extension may be read-only.
 * @returns the path of the model
 */
export async function copySample(from: string, to: string, name: string): Promise<string> {
  const [source, target] = [join(from, name), join(to, name)];
  await mkdir(target, { recursive: true });
  for (const file of await readdir(source)) await writeFile(join(target, file), await readFile(join(source, file)));
  return join(target, `${name}.onnx`);
}
