import { join } from 'node:path';
import { UserError } from '../errors';
import { formatExactCount } from '../text/counts';
import { formatExact } from '../text/numbers';
import type { ArraySource, InputSpec } from './dataset';
import { formatShape } from './dataset';
import { decodeImage } from './decodeImage';
import { allocate, listFolder, readBytes, sha256 } from './files';
import type { DataRequest } from './match';
import { resample } from './resample';
import type { Pixels } from './resample';

interface Layout {
  channels: number;
  /** null means the size of the first image. */
  height: number | null;
  width: number | null;
  channelsLast: boolean;
}

/** Matches folders that systems and archivers leave behind. Hidden folders are never listed. */
const SYSTEM_FOLDERS = /^(?:__MACOSX|__pycache__|@eaDir|lost\+found|\$RECYCLE\.BIN|System Volume Information)$/i;

export function isImageName(name: string): boolean {
  return /\.(?:png|jpe?g)$/i.test(name);
}

/**
 * Opens images in one subfolder per class. Classes are numbered in the order of their names, as in torchvision's
 * ImageFolder. Each image is resized to the model's height and width, converted to the model's channels, scaled to
 * [0, 1], and then to (x − mean)/std if the request gives those. Samples alternate between the classes, so that the
 * first N samples cover all of them.
 */
export async function openImageFolder(path: string, folders: string[], request: DataRequest): Promise<ArraySource> {
  const classes = folders.filter((name) => !SYSTEM_FOLDERS.test(name));
  const files: { file: string; label: number }[] = [];
  const empty: string[] = [];
  for (const [label, name] of classes.entries()) {
    const images = (await listFolder(join(path, name))).filter(isImageName);
    if (images.length === 0) empty.push(name);
    files.push(...images.map((image) => ({ file: join(path, name, image), label })));
  }
  if (files.length === 0) {
    throw new UserError({
      what: 'The subfolders hold no PNG or JPEG images.',
      where: [path],
      action: 'Put the images of each class into one subfolder named after the class.',
    });
  }
  // Skipping an empty folder would shift the indices of all later classes. Torchvision refuses empty folders as well.
  if (empty.length > 0) {
    throw new UserError({
      what: `Class folders without PNG or JPEG images: ${empty.map((name) => `«${name}»`).join(', ')}.`,
      where: empty.map((name) => join(path, name)),
      action: 'Remove these folders or add images to them: every folder is a class and has a number.',
    });
  }
  const chosen = takingTurns(files, classes.length).slice(0, request.samples ?? Infinity);
  const input = imageInput(request, path);
  const layout = layoutOf(input, path);
  const { data, shape, hash, deep } = await loadImages(chosen, layout, request, path);
  const labels = BigInt64Array.from(chosen, ({ label }) => BigInt(label));
  return {
    kind: 'image folder',
    entries: [
      { key: input.name, shape, dtype: 'float32', load: () => ({ dtype: 'float32', shape, data }) },
      {
        key: 'class folder',
        shape: [chosen.length],
        dtype: 'int64',
        load: () => ({ dtype: 'int64', shape: [chosen.length], data: labels }),
      },
    ],
    sha256: hash,
    notes: [
      `Classes by folder: ${classes
        .slice(0, 6)
        .map((name, i) => `${name} = ${i}`)
        .join(', ')}${classes.length > 6 ? ', …' : ''}.`,
      ...(deep > 0
        ? [
            `${formatExactCount(deep)} of ${formatExactCount(chosen.length)} images have 16 bits per channel; all bits are read.`,
          ]
        : []),
      request.scale !== undefined
        ? `The pixels of the images are divided by ${formatExact(request.scale)}, as requested.`
        : request.normalize
          ? `Images are scaled to [0, 1], then by mean ${request.normalize.mean.map(formatExact).join(', ')} and deviation ${request.normalize.std.map(formatExact).join(', ')}.`
          : 'Images are scaled to [0, 1] and not normalized further. If the model was trained on other values, save the data as .npz.',
      ...(chosen.length < files.length
        ? [
            `${formatExactCount(chosen.length)} of ${formatExactCount(files.length)} images are used, taken from the classes in turn.`,
          ]
        : []),
    ],
    targetKey: 'class folder',
    classNames: classes,
  };
}

function takingTurns<T extends { label: number }>(files: readonly T[], classes: number): T[] {
  const byClass = Array.from({ length: classes }, (_, label) => files.filter((file) => file.label === label));
  const longest = Math.max(...byClass.map((list) => list.length));
  const turns: T[] = [];
  for (let i = 0; i < longest; i++) for (const list of byClass) if (i < list.length) turns.push(list[i]);
  return turns;
}

function imageInput(request: DataRequest, path: string): InputSpec {
  if (request.inputs.length === 1) return request.inputs[0];
  throw new UserError({
    what: `An image folder feeds one input; this model has ${request.inputs.length}.`,
    where: [path],
    action: 'Save all inputs to one .npz file.',
  });
}

function layoutOf(input: InputSpec, path: string): Layout {
  const [, a, b, c] = input.shape;
  const isChannels = (dim: number | null | undefined): dim is number => dim === 1 || dim === 3 || dim === 4;
  if (input.shape.length === 4 && isChannels(a)) {
    return { channels: a, height: b ?? null, width: c ?? null, channelsLast: false };
  }
  if (input.shape.length === 4 && isChannels(c)) {
    return { channels: c, height: a ?? null, width: b ?? null, channelsLast: true };
  }
  throw new UserError({
    what: `The model's input «${input.name}» ${formatShape(input.shape)} does not look like images: [N, C, H, W] or [N, H, W, C] with 1, 3 or 4 channels.`,
    where: [path],
    action: 'Save the data as .npz in the shape that the model expects.',
  });
}

async function loadImages(
  files: readonly { file: string; label: number }[],
  layout: Layout,
  { normalize, scale }: Pick<DataRequest, 'normalize' | 'scale'>,
  path: string,
): Promise<{ data: Float32Array; shape: number[]; hash: string; deep: number }> {
  const { channels, channelsLast } = layout;
  let size: { width: number; height: number } | null = null;
  let data = new Float32Array(0);
  let deep = 0;
  const hashes: string[] = [];
  for (const [n, { file, label }] of files.entries()) {
    const bytes = await readBytes(file);
    hashes.push(`${label} ${sha256([bytes])}`);
    const decoded = decodeImage(bytes, file);
    const divisor = scale ?? decoded.largest;
    if (decoded.largest > 255) deep++;
    const image = toChannels(decoded, channels);
    if (!size) {
      size = { width: layout.width ?? image.width, height: layout.height ?? image.height };
      const elements = files.length * channels * size.width * size.height;
      data = new Float32Array(allocate(4 * elements, path).buffer);
    }
    const { width, height } = size;
    const pixels = resample(image, width, height);
    const area = width * height;
    for (let i = 0; i < area; i++) {
      for (let c = 0; c < channels; c++) {
        const unit = pixels[i * channels + c] / divisor;
        const value = normalize ? (unit - pick(normalize.mean, c)) / pick(normalize.std, c) : unit;
        data[n * channels * area + (channelsLast ? i * channels + c : c * area + i)] = value;
      }
    }
  }
  const { width, height } = size!;
  const shape = channelsLast ? [files.length, height, width, channels] : [files.length, channels, height, width];
  return { data, shape, hash: sha256([hashes.join('\n')]), deep };
}

/** Picks the number of a channel from a list of one number for all channels or one for each. */
function pick(values: readonly number[], channel: number): number {
  return values[values.length === 1 ? 0 : channel];
}

/** Converts RGBA to grey (ITU-R 601 luma, as Pillow's "L"), RGB or RGBA. */
function toChannels(image: Pixels, channels: number): Pixels {
  if (channels === 4) return image;
  const area = image.width * image.height;
  const data = new Float32Array(area * channels);
  for (let i = 0; i < area; i++) {
    const [r, g, b] = [image.data[4 * i], image.data[4 * i + 1], image.data[4 * i + 2]];
    if (channels === 1) data[i] = 0.299 * r + 0.587 * g + 0.114 * b;
    else data.set([r, g, b], 3 * i);
  }
  return { ...image, channels, data };
}
