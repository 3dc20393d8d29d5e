import { basename, dirname, extname, join } from 'node:path';
import { UserError } from '../errors';
import { openCsv } from './csv';
import type { ArraySource } from './dataset';
import { exists, firstBytes, listFolder, readBytes, sha256, statOf } from './files';
import { openIdx, openIdxFolder, idxImages, isGzip, isIdx } from './idx';
import { isImageName, openImageFolder } from './imageFolder';
import type { DataRequest } from './match';
import { isNpy, npyFileEntry } from './npy';
import { isZip, openNpz } from './npz';
import { isParquet, openParquet } from './parquet';
import { isTestDataName, openTestData } from './testData';

/** Number of bytes that identify a numpy array file. */
const NPY_START = 6;

const FORMS =
  'Data may be .npz, .npy, .csv, .parquet, an IDX pair (MNIST), an ONNX test_data_set folder, or a folder of images with one subfolder per class.';

/**
 * Opens a data file or folder. Detects the format of a file by its first bytes, and that of a folder by its contents.
 * @throws UserError if the format is not known
 */
export async function openSource(path: string, request: DataRequest): Promise<ArraySource> {
  if ((await statOf(path)).isDirectory()) return openFolder(path, request);
  const extension = extname(path).toLowerCase();
  if (extension === '.gz') return openIdx(path, request);
  if (isNpy(await firstBytes(path, NPY_START))) return openNpy(path, request);
  const bytes = await readBytes(path);
  if (isZip(bytes) || extension === '.npz') return openNpz(path, { read: bytes, samples: request.samples });
  if (extension === '.npy') return openNpy(path, request);
  if (isParquet(bytes) || extension === '.parquet') return openParquet(path, request, bytes);
  if (isIdx(bytes) || isGzip(bytes)) return openIdx(path, request);
  if (['.csv', '.tsv', '.txt', '.data'].includes(extension)) return openCsv(path, request, bytes);
  throw new UserError({ what: 'Ridgeline cannot read this form of data.', where: [path], action: FORMS });
}

async function openFolder(path: string, request: DataRequest): Promise<ArraySource> {
  const names = await listFolder(path);
  if (names.some(isTestDataName)) return openTestData([path]);
  const sets = names.filter((name) => /^test_data_set_\d+$/.test(name));
  if (sets.length > 0) return openTestData(sets.map((name) => join(path, name)));
  const arrays = names.filter((name) => name.endsWith('.npy'));
  if (arrays.length > 0) {
    return openNpyFiles(
      arrays.map((name) => join(path, name)),
      request,
    );
  }
  if (idxImages(names).length > 0) return openIdxFolder(path, request);
  const folders = await Promise.all(
    names.map(async (name) => ((await statOf(join(path, name))).isDirectory() ? name : null)),
  );
  const classes = folders.filter((name) => name !== null);
  if (classes.length > 0 && !names.some(isImageName)) return openImageFolder(path, classes, request);
  throw new UserError({
    what: names.some(isImageName)
      ? 'The images lie in one folder, so their classes are unknown.'
      : 'This folder contains no data that Ridgeline can read.',
    where: [path],
    action: names.some(isImageName) ? 'Move them into one subfolder per class.' : FORMS,
  });
}

/** Patterns for the file names of inputs, with possible names of the targets next to them. */
const PAIRS: [RegExp, string[]][] = [
  [/^x(?=$|[_-])/i, ['y']],
  [/^inputs?(?=$|[_-])/i, ['target', 'targets', 'label', 'labels']],
  [/^(?:images?|data|features)(?=$|[_-])/i, ['labels', 'label', 'targets', 'target']],
];

async function openNpy(path: string, request: DataRequest): Promise<ArraySource> {
  const partner = await partnerOf(path);
  if (partner) return openNpyFiles([path, partner], request);
  const { entry, bytes } = await npyFileEntry(path, stem(path), request.samples);
  return { kind: 'npy', entries: [entry], sha256: sha256([bytes]), notes: [] };
}

/**
 * Finds the file of targets next to an input file:
 * X.npy → y.npy, x_train.npy → y_train.npy, images.npy → labels.npy, digits.npy → digits_target.npy.
 */
async function partnerOf(path: string): Promise<string | null> {
  const name = stem(path);
  const names = PAIRS.flatMap(([input, targets]) =>
    input.test(name) ? targets.map((target) => name.replace(input, target)) : [],
  );
  names.push(...['target', 'targets', 'labels', 'label', 'y'].map((suffix) => `${name}_${suffix}`));
  for (const candidate of names) {
    const file = join(dirname(path), `${candidate}.npy`);
    if (await exists(file)) return file;
  }
  return null;
}

async function openNpyFiles(paths: string[], { samples }: DataRequest): Promise<ArraySource> {
  const read = await Promise.all(paths.map((path) => npyFileEntry(path, stem(path), samples)));
  const remarks = [`Read ${paths.map((path) => basename(path)).join(', ')}.`];
  const entries = read.map(({ entry }) => entry);
  const hash = sha256(read.flatMap(({ bytes }, i) => [basename(paths[i]), bytes]));
  return { kind: 'npy', entries, sha256: hash, notes: [], remarks };
}

function stem(path: string): string {
  return basename(path, extname(path));
}
