import { basename } from 'node:path';
import { MissingInputError, UserError } from '../errors';
import type { Tensor } from '../graph/tensor';
import type { InputWish } from '../options/options';
import type { ArrayEntry, ArraySource, InputSpec } from './dataset';
import { formatEntry, formatShape, hasDefault } from './dataset';
import { fitShape, fitWhole } from './shape';
import { keyOf, valueOf } from './wish';

/** The data that a model needs from a data file. */
export interface DataRequest {
  /** The graph's inputs, in the graph's order. */
  inputs: readonly InputSpec[];
  /** Key in the data, or the value itself, by input name. */
  keys?: Readonly<Record<string, InputWish>>;
  /** Key of the targets. */
  target?: string;
  /** Key of the weights of the samples. */
  weights?: string;
  /** Largest number of samples to use, counted from the first. */
  samples?: number;
  /** Divisor of whole numbers. Without it, only pixels are divided, by the largest value that a pixel can have. */
  scale?: number;
  /** Normalization of images after scaling to [0, 1], with one value for all channels or one for each. */
  normalize?: { mean: readonly number[]; std: readonly number[] };
}

const TARGET_NAMES = /^(?:targets?|labels?|y|class(?:es)?)(?:[_-]?(?:train|test|val|valid|validation))?$/i;

/** Whether targets usually have this name: target, labels, y, y_train, class, … */
export function isTargetName(name: string): boolean {
  return TARGET_NAMES.test(name);
}

export interface Matched {
  inputs: Map<string, ArrayEntry>;
  /** Values that the user wrote out, by input name. */
  values: ReadonlyMap<string, Tensor>;
  target: ArrayEntry | null;
  notes: string[];
  /** Sentences that change no figure. */
  remarks: string[];
}

/**
 * Assigns an array to every graph input: by `keys`, by name, by the format's own order, or as the only array whose
 * shape fits. An input that is zero by default is never matched by shape. The target is the array that the user asked
 * for, the one that the format identifies, one with a usual name, or the only one left.
 * @throws UserError listing the arrays of the file and the inputs of the model
 */
export function matchArrays(source: ArraySource, request: DataRequest, path: string): Matched {
  const unknown = Object.keys(request.keys ?? {}).filter((name) => !request.inputs.some((i) => i.name === name));
  if (unknown.length > 0) {
    throw new UserError({
      what: `The model has no input ${unknown.map((name) => `«${name}»`).join(', ')}.`,
      action: `Its inputs are ${request.inputs.map((i) => `«${i.name}»`).join(', ')}; write --input NAME=KEY or NAME=VALUE.`,
    });
  }
  const byKey = (key: string): ArrayEntry => {
    const entry = source.entries.find((candidate) => candidate.key === key);
    if (!entry) throw noSuchKey(key, source, path);
    return entry;
  };

  const [notes, remarks]: string[][] = [[], []];
  const inputs = new Map<string, ArrayEntry>();
  const values = new Map<string, Tensor>();
  let target = request.target === undefined ? null : byKey(request.target);
  const keys = source.entries.map(({ key }) => key);
  for (const [name, wish] of Object.entries(request.keys ?? {})) {
    const key = keyOf(wish, keys);
    const value = key === null ? valueOf(wish) : null;
    if (key !== null) inputs.set(name, byKey(key));
    else if (value) values.set(name, value);
    else throw unreadableValue(name);
  }
  const isOpen = ({ name }: InputSpec) => !inputs.has(name) && !values.has(name);
  for (const input of request.inputs) {
    const named = source.entries.find((entry) => entry !== target && plainName(entry.key) === plainName(input.name));
    if (named && isOpen(input)) inputs.set(input.name, named);
  }
  source.inputKeys?.forEach((key, i) => {
    const input = request.inputs[i];
    if (input && isOpen(input)) inputs.set(input.name, byKey(key));
  });
  if (!target) {
    const free = without(source.entries, inputs.values());
    target = free.find((entry) => entry.key === source.targetKey) ?? null;
    const named = free.filter((entry) => isTargetName(entry.key));
    if (!target && named.length === 1) target = named[0];
  }

  matchByShape(source, request.inputs.filter(isOpen), inputs, target);
  const missing = request.inputs.filter((input) => isOpen(input) && !hasDefault(input));
  const arrays = missing.filter((input) => !isOption(input));
  if (arrays.length > 0) throw unmatched(arrays, source, request, path);
  if (missing.length > 0) throw withoutValue(missing, path);

  if (!target) {
    const left = without(source.entries, inputs.values());
    if (left.length === 1) {
      target = left[0];
      notes.push(`«${target.key}» is taken as the target.`);
    } else if (left.length > 1) {
      notes.push(
        `None of ${left.map((entry) => `«${entry.key}»`).join(', ')} is clearly the target; name one with --target.`,
      );
    }
  }
  if (target) {
    const left = without(source.entries, [...inputs.values(), target]);
    const names = left.map((entry) => `«${entry.key}» ${formatShape(entry.shape)}`);
    if (names.length > 0)
      remarks.push(`These arrays are neither input nor target and are not used: ${names.join(', ')}.`);
  }
  return { inputs, values, target, notes, remarks };
}

/** Whether an input is an option rather than data: according to the file, one number that all samples share. */
export function isOption({ shape, sharing }: InputSpec): boolean {
  return sharing === 'always' || (sharing !== undefined && sharing !== 'never' && shape.length === 1 && shape[0] === 1);
}

/** Whether an array may feed an input, sample by sample or as one value for all samples. Words feed no input. */
function mayFeed({ shape, classes }: ArrayEntry, { shape: wanted, sharing = 'never' }: InputSpec): boolean {
  if (classes) return false;
  return fitShape(shape, wanted) !== null || (sharing !== 'never' && fitWhole(shape, wanted) !== null);
}

/** Matches arrays by shape until nothing changes, because each match may leave another input a single choice. */
function matchByShape(
  source: ArraySource,
  open: readonly InputSpec[],
  inputs: Map<string, ArrayEntry>,
  target: ArrayEntry | null,
): void {
  const wanted = inputs.size + open.filter((input) => !hasDefault(input)).length;
  for (let progress = true; progress;) {
    progress = false;
    for (const input of open) {
      if (inputs.has(input.name) || hasDefault(input)) continue;
      const free = without(source.entries, [...inputs.values(), ...(target ? [target] : [])]);
      const fitting = free.filter((entry) => mayFeed(entry, input));
      const exact = fitting.filter((entry) => fitShape(entry.shape, input.shape)?.how === 'same');
      const choice = exact.length > 0 ? exact : fitting;
      // One input and one array always belong together. A later check of the shape gives a more precise error.
      const only = choice.length === 1 ? choice[0] : wanted === 1 && free.length === 1 ? free[0] : undefined;
      if (!only) continue;
      inputs.set(input.name, only);
      progress = true;
    }
  }
}

function without(entries: readonly ArrayEntry[], used: Iterable<ArrayEntry>): ArrayEntry[] {
  const taken = new Set(used);
  return entries.filter((entry) => !taken.has(entry));
}

/** Normalizes punctuation and case, so that `input.1`, `input_1` and `Input:1` match: exporters and savez disagree. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '_');
}

function noSuchKey(key: string, source: ArraySource, path: string): UserError {
  return new UserError({
    what: `The data contain nothing called «${key}».`,
    where: [path],
    action: `They contain ${source.entries.map(formatEntry).join('; ')}.`,
  });
}

/** Creates the error for a value that came from outside without being checked. */
function unreadableValue(name: string): Error {
  return new Error(`the value for «${name}» is not a regular list of numbers`);
}

/** Creates the error for options without a value. @param missing inputs that take one number each */
export function withoutValue(missing: readonly InputSpec[], path: string): MissingInputError {
  const [first] = missing;
  const named = missing.map(({ name, dtype }) => `«${name}» (${dtype})`).join(', ');
  return new MissingInputError(
    {
      what: `No value is given for the model's input${missing.length > 1 ? 's' : ''} ${named}, which all samples share.`,
      where: [path],
      action: `Write it as --input ${first.name}=${first.dtype === 'bool' ? 'false' : 'VALUE'} (in the options file: "input": { "${first.name}": … }), or put it into the data as an array «${first.name}».`,
    },
    missing.map(({ name, dtype }) => ({ name, dtype })),
  );
}

function unmatched(missing: InputSpec[], source: ArraySource, request: DataRequest, path: string): UserError {
  const wanted = request.inputs.map((input) => `${input.name} ${formatShape(input.shape)} ${input.dtype}`).join('; ');
  const names = missing.map((input) => `«${input.name}»`).join(', ');
  const fits = source.entries.find((entry) => mayFeed(entry, missing[0])) ?? source.entries[0];
  return new UserError({
    what:
      `It is not clear which array feeds the model's input ${names}. ` +
      `The ${source.kind} data contain ${source.entries.map(formatEntry).join('; ')}. The model expects ${wanted}.`,
    where: [path],
    action: `Name the array with --input ${missing[0].name}=${fits?.key ?? 'KEY'} and --target KEY, or rename the arrays in ${basename(path)}.`,
  });
}
