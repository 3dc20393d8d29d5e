import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { applyEdits, modify, parse, printParseErrorCode } from 'jsonc-parser';
import type { ParseError } from 'jsonc-parser';
import { UserError } from '../errors';
import { readSmallText } from '../regularFile';
import { writeWhole } from '../writeWhole';
import { formatLine, formatPlane, parseLine, parsePlane } from './direction';
import type { DirectionRequest, LineRequest, PlaneRequest } from './direction';
import type { AnalysisOptions } from './options';
import { GENERATED_DATA } from './options';
import { parseOptions } from './parse';
import { OPTIONS, SIDECAR_OPTIONS } from './table';

/** Said of what such a file states, where a guess would have a reason. */
export const FROM_OPTIONS_FILE = 'from the options file';

/** `models/lenet.onnx` → `models/lenet.landscape.json` */
export function sidecarPath(model: string): string {
  return join(dirname(model), `${basename(model, extname(model))}.landscape.json`);
}

/**
 * Reads the options saved for a model, with absolute paths; null when there is no such file.
 * @throws UserError with line and column where the JSON is broken, or with the invalid key
 */
export async function readSidecar(model: string): Promise<AnalysisOptions | null> {
  const path = sidecarPath(model);
  const text = await textOf(path);
  if (text === null) return null;
  const options = parseOptions(parseJson(text, path), path, SIDECAR_OPTIONS);
  return mapPaths(options, (file) => resolve(dirname(path), onThisMachine(file, path)));
}

/**
 * Makes the relative paths in options absolute.
 * @param where the place that the options come from, for messages
 */
export function pathsBelow(folder: string, options: AnalysisOptions, where: string): AnalysisOptions {
  return mapPaths(options, (file) => resolve(folder, onThisMachine(file, where)));
}

/**
 * Rejects network paths. Windows connects to the machine in such a path, and sends it the user's identity, as soon as
 * it looks for the file.
 */
function onThisMachine(file: string, sidecar: string): string {
  if (!/^[\\/]{2}/.test(file)) return file;
  throw new UserError({
    what: `«${file}» lies on another machine.`,
    where: [sidecar],
    action: 'Name a file of this machine, or give the path on the command line.',
  });
}

/**
 * Saves options. The given keys are set (`undefined` removes one); everything else in the file stays as it is,
 * including comments, order and unknown keys. Paths below or beside the file are written relative to it.
 * @returns the path of the written file
 */
export async function writeSidecar(model: string, options: AnalysisOptions): Promise<string> {
  const path = sidecarPath(model);
  const before = await textOf(path);
  let text = before ?? '{}\n';
  parseJson(text, path);
  for (const [key, value] of Object.entries(mapPaths(options, (file) => portable(file, dirname(resolve(path)))))) {
    const edits = modify(text, [key], value, { formattingOptions: { insertSpaces: true, tabSize: 2 } });
    text = applyEdits(text, edits);
  }
  await writeWhole(path, text).catch((cause: NodeJS.ErrnoException) => {
    throw new UserError(
      { what: `The choice cannot be remembered: ${cause.code}.`, where: [path], action: 'Make the folder writable.' },
      { cause },
    );
  });
  return path;
}

/** Largest length of a sidecar file; no one writes longer options by hand. */
const LONGEST = 2 ** 20;

async function textOf(path: string): Promise<string | null> {
  try {
    return await readSmallText(path, LONGEST);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new UserError(
      { what: `The options file cannot be read: ${code}.`, where: [path], action: 'Check its permissions.' },
      { cause },
    );
  }
}

function parseJson(text: string, path: string): unknown {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true, disallowComments: false });
  const [error] = errors;
  if (!error) return value;
  const before = text.slice(0, error.offset).split('\n');
  throw new UserError({
    what: `The options file is not valid JSON: ${sentence(printParseErrorCode(error.error))}.`,
    where: [`${path}:${before.length}:${before.at(-1)!.length + 1}`],
    action: 'Correct it there, or delete the file to start over.',
  });
}

/** `CommaExpected` → `comma expected` */
function sentence(code: string): string {
  return code.replace(/(?!^)[A-Z]/g, ' $&').toLowerCase();
}

/** Applies `change` to every path in the options: files, and the models that `to/PATH` directions lead to. */
function mapPaths(options: AnalysisOptions, change: (path: string) => string): AnalysisOptions {
  const changed: Record<string, unknown> = { ...options };
  for (const { name, kind } of OPTIONS) {
    const value = options[name];
    if (kind === 'path' && typeof value === 'string' && value !== GENERATED_DATA) changed[name] = change(value);
  }
  if (options.line) changed.line = options.line.map((text) => formatLine(mapLine(parseLine(text), change)));
  if (options.plane) changed.plane = options.plane.map((text) => formatPlane(mapPlane(parsePlane(text), change)));
  return changed as AnalysisOptions;
}

function mapDirection(direction: DirectionRequest, change: (path: string) => string): DirectionRequest {
  return direction.kind === 'to' ? { kind: 'to', path: change(direction.path) } : direction;
}

function mapLine(line: LineRequest, change: (path: string) => string): LineRequest {
  return { ...line, direction: mapDirection(line.direction, change) };
}

function mapPlane(plane: PlaneRequest, change: (path: string) => string): PlaneRequest {
  return { ...plane, x: mapDirection(plane.x, change), y: mapDirection(plane.y, change) };
}

/**
 * A relative path with forward slashes if the file is below the folder, so that it can be moved; otherwise absolute.
 */
function portable(file: string, folder: string): string {
  const path = relative(folder, resolve(file));
  return isAbsolute(path) || path.startsWith('..') ? resolve(file) : path.split(sep).join('/');
}
