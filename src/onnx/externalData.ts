import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep, win32 } from 'node:path';
import { formatExactCount } from '../text/counts';
import { formatBytes } from '../text/sizes';
import { EXPORT_AGAIN, ModelFileError } from './modelFileError';
import type { StringStringEntryProto } from './onnx_pb';

/** One read moves at most 2 GiB. */
const CHUNK = 2 ** 30;

interface WeightsFile {
  path: string;
  size: number;
}

/**
 * The files beside a model that contain its weights. A model may come from anywhere, so it may only name files below its
 * folder: the folder it was opened in or, for a model opened through a link, the one that contains it (download caches link
 * both the model and its weights into one store).
 */
export class ExternalData {
  private readonly files = new Map<string, WeightsFile>();
  private readonly folders: string[];

  constructor(private readonly modelPath: string) {
    this.folders = [...new Set([realpathSync(dirname(modelPath)), dirname(realpathSync(modelPath))])];
  }

  /** The locations that were read, as the model names them. */
  get locations(): string[] {
    return [...this.files.keys()];
  }

  /**
   * The part of a file that contains a tensor. It is checked now and read, in whole or in part, when called.
   * @param expected bytes, if the model gives no length
   * @param check receives the length that the model gives
   * @throws ModelFileError if the file is missing, not allowed, or too short
   */
  slice(
    entries: readonly StringStringEntryProto[],
    expected: number,
    check: (length: number) => void,
  ): (from?: number, bytes?: number) => Uint8Array<ArrayBuffer> {
    const { location = '', ...numbers } = Object.fromEntries(entries.map(({ key, value }) => [key, value]));
    const offset = Number(numbers.offset ?? 0);
    const length = Number(numbers.length ?? expected);
    check(length);
    const file = this.file(location);
    if (!Number.isSafeInteger(offset) || offset < 0 || offset + length > file.size) {
      throw this.error(
        `The weights file "${location}" is too short: it has ${formatExactCount(file.size)} bytes, the model reads ${formatExactCount(length)} from byte ${formatExactCount(offset)}.`,
        'It may belong to another model or be an incomplete download. Copy both files again.',
      );
    }
    return (from = 0, bytes = length) => this.read(file.path, offset + from, bytes);
  }

  private file(location: string): WeightsFile {
    const known = this.files.get(location);
    if (known) return known;
    const parts = location.split(/[/\\]/);
    if (location === '' || isAbsolute(location) || win32.isAbsolute(location) || parts.includes('..')) {
      throw this.error(
        `The model stores weights in "${location}", which is outside its folder.`,
        'Put the weights beside the model and correct their location in the model, or export the model again.',
      );
    }
    const named = join(dirname(this.modelPath), ...parts);
    const size = sizeOfFile(named);
    if (size === null) {
      throw this.error(
        `The weights file "${location}" is missing.`,
        `Put it into the folder of the model, under the name "${basename(location)}".`,
        [named],
      );
    }
    const path = realpathSync(named);
    if (!this.folders.some((folder) => isBelow(path, folder))) {
      throw this.error(
        `The weights file "${location}" is a link that leaves the folder of the model.`,
        'Replace the link with the file it points to.',
        [named],
      );
    }
    const file = { path, size };
    this.files.set(location, file);
    return file;
  }

  private read(path: string, offset: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = allocate(length, path);
    const file = openSync(path, 'r');
    try {
      for (let at = 0; at < length;) {
        const count = readSync(file, bytes, at, Math.min(CHUNK, length - at), offset + at);
        if (count === 0) throw this.error('The weights file shrank while the model was in use.', EXPORT_AGAIN);
        at += count;
      }
    } finally {
      closeSync(file);
    }
    return bytes;
  }

  private error(what: string, action: string, where = [this.modelPath]): ModelFileError {
    return new ModelFileError({ what, where, action });
  }
}

/** System errors for impossible file names: a null byte, an overlong name, a link that leads to itself. */
const IMPOSSIBLE = new Set(['ERR_INVALID_ARG_VALUE', 'ENAMETOOLONG', 'ELOOP', 'ENOTDIR', 'EINVAL']);

/** Null unless it is a file. */
function sizeOfFile(path: string): number | null {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats?.isFile() ? stats.size : null;
  } catch (error) {
    if (IMPOSSIBLE.has((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function allocate(length: number, path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    throw new ModelFileError(
      {
        what: `A tensor of ${formatBytes(length)} does not fit into memory.`,
        where: [path],
        action: 'Analyse a smaller model, or use a machine with more memory.',
      },
      { cause },
    );
  }
}
