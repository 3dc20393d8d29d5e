import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { compareNaturally, lastNumber } from '../../compare/naturalOrder';
import { UserError } from '../../errors';

export interface CheckpointFile {
  path: string;
  /** The path below the folder that all checkpoints have in common, with forward slashes. */
  name: string;
  /** The last number in the name; null where it has none. */
  step: number | null;
}

const SUFFIX = '.onnx';
const ACTION = 'Choose a folder of .onnx files, or the files themselves.';

/**
 * Finds the checkpoints of a training run in natural order of their names. A folder stands for the .onnx files in it, or
 * for those of its subfolders where it has none itself (`checkpoint-500/model.onnx`). A file that is named twice counts
 * once.
 * @throws UserError where nothing is found
 */
export async function checkpointFiles(places: readonly string[]): Promise<CheckpointFile[]> {
  const found = (await Promise.all(places.map(filesOf))).flat();
  if (found.length === 0)
    throw new UserError({ what: 'There is no .onnx file here.', where: [...places], action: ACTION });
  const byFile = new Map<string, string>();
  for (const path of found) {
    const real = await realpath(path);
    if (!byFile.has(real)) byFile.set(real, path);
  }
  const common = commonFolder([...byFile.keys()]);
  return [...byFile]
    .map(([real, path]) => {
      const name = real.slice(common.length).split(sep).join('/');
      return { path, name, step: lastNumber(name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : name) };
    })
    .sort((a, b) => compareNaturally(a.name, b.name));
}

async function filesOf(place: string): Promise<string[]> {
  if (!(await isFolder(place))) return [place];
  const names = await readdir(place);
  const own = modelsAmong(names).map((name) => join(place, name));
  if (own.length > 0) return own;
  const below = names
    .filter((name) => !name.startsWith('.'))
    .map(async (name) => {
      const folder = join(place, name);
      return (await isFolder(folder)) ? modelsAmong(await readdir(folder)).map((file) => join(folder, file)) : [];
    });
  return (await Promise.all(below)).flat();
}

/** Hidden files are leftovers of copying, such as those that macOS makes. */
const modelsAmong = (names: readonly string[]) =>
  names.filter((name) => name.toLowerCase().endsWith(SUFFIX) && !name.startsWith('.'));

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const what = code === 'ENOENT' ? 'This file or folder does not exist.' : `This cannot be read: ${code}.`;
    throw new UserError({ what, where: [path], action: ACTION }, { cause });
  }
}

/** The longest folder that all paths lie in, with a separator at its end. */
function commonFolder(paths: readonly string[]): string {
  const [first] = paths;
  let end = first.lastIndexOf(sep) + 1;
  while (!paths.every((path) => path.startsWith(first.slice(0, end)))) end = first.lastIndexOf(sep, end - 2) + 1;
  return first.slice(0, end);
}
