import { UserError } from '../errors';
import { parseLine, parsePlane } from './direction';
import type { AnalysisOptions } from './options';
import { kebabCase, OPTIONS, optionNamed } from './table';
import type { OptionRow } from './table';

/**
 * Converts options from outside (a sidecar file, settings, a message) to typed options. `$schema` and keys that begin
 * with `//` or `_` are comments.
 * @param where the file or place that the options come from
 * @param allowed the options that may occur there
 * @throws UserError naming the key, its value and what is allowed
 */
export function parseOptions(value: unknown, where: string, allowed: readonly OptionRow[] = OPTIONS): AnalysisOptions {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError({
      what: `Options must be an object of keys and values, not ${describe(value)}.`,
      where: [where],
      action: 'Write for example { "data": "data.npz", "loss": "cross_entropy" }.',
    });
  }
  const options: Record<string, unknown> = {};
  for (const [key, given] of Object.entries(value)) {
    if (given === undefined || isCommentKey(key)) continue;
    const row = optionNamed(key);
    if (!row) throw unknownOption(key, where, allowed);
    if (!allowed.includes(row)) throw elsewhere(row, where);
    options[key] = parseValue(row, given, `${where}, "${key}"`);
  }
  return options as AnalysisOptions;
}

function isCommentKey(key: string): boolean {
  return key === '$schema' || key.startsWith('//') || key.startsWith('_');
}

/** Checks one value against its row of the table. A single string is accepted where a list is expected. */
export function parseValue(row: OptionRow, given: unknown, where: string): unknown {
  const wrong = (wanted: string): UserError =>
    new UserError({
      what: `«${row.name}» must be ${wanted}, not ${describe(given)}.`,
      where: [where],
      action: row.help,
    });
  switch (row.kind) {
    case 'flag':
      if (typeof given !== 'boolean') throw wrong('true or false');
      return given;
    case 'integer':
    case 'number':
      return checkedNumber(row, given, wrong);
    case 'text':
    case 'path':
      if (typeof given !== 'string' || given === '') throw wrong('a text');
      return given;
    case 'choice':
      return checkedChoice(row, given, where);
    case 'choices': {
      const list = asList(given);
      if (!list) throw wrong(`a list of ${row.choices!.join(', ')}`);
      return [...new Set(list.map((item) => checkedChoice(row, item, where)))];
    }
    case 'list': {
      const list = asList(given);
      if (!list || !list.every((item): item is string => typeof item === 'string' && item !== '')) {
        throw wrong('a list of texts');
      }
      if (row.name === 'line') list.forEach((item) => parseLine(item, where));
      if (row.name === 'plane') list.forEach((item) => parsePlane(item, where));
      return list;
    }
    case 'map':
      if (typeof given !== 'object' || given === null || Array.isArray(given) || !Object.values(given).every(isWish)) {
        throw wrong('an object of texts, numbers, booleans or lists of numbers');
      }
      return { ...given };
  }
}

function isWish(item: unknown): boolean {
  return Array.isArray(item) ? item.every(isWish) : ['string', 'number', 'boolean'].includes(typeof item);
}

function checkedNumber(row: OptionRow, given: unknown, wrong: (wanted: string) => UserError): number {
  const { min, max } = row;
  const bounds = max !== undefined ? ` from ${min} to ${max}` : min !== undefined ? ` from ${min} up` : '';
  const wanted = row.kind === 'integer' ? `a whole number${bounds}` : `a number${bounds}`;
  if (typeof given !== 'number' || !Number.isFinite(given)) throw wrong(wanted);
  if (row.kind === 'integer' && !Number.isSafeInteger(given)) throw wrong(wanted);
  if (given < (min ?? -Infinity) || given > (max ?? Infinity)) throw wrong(wanted);
  return given;
}

function checkedChoice(row: OptionRow, given: unknown, where: string): string {
  if (typeof given === 'string' && row.choices!.includes(given)) return given;
  const near = typeof given === 'string' ? nearest(given, row.choices!) : null;
  throw new UserError({
    what: `«${row.name}» cannot be ${describe(given)}.`,
    where: [where],
    action: `${near ? `Did you mean «${near}»? ` : ''}Allowed are ${row.choices!.join(', ')}.`,
  });
}

function asList(given: unknown): unknown[] | null {
  if (typeof given === 'string') return [given];
  return Array.isArray(given) ? (given as unknown[]) : null;
}

function elsewhere(row: OptionRow, where: string): UserError {
  return new UserError({
    what: `«${row.name}» can be given on the command line only.`,
    where: [`${where}, "${row.name}"`],
    action: `Remove it from this file, or use --${kebabCase(row.name)} on the command line.`,
  });
}

function unknownOption(key: string, where: string, allowed: readonly OptionRow[]): UserError {
  const names = allowed.map((row) => row.name);
  const near = nearest(key, names);
  return new UserError({
    what: `There is no option «${key}».`,
    where: [where],
    action: near ? `Did you mean «${near}»?` : `Options are ${names.join(', ')}.`,
  });
}

/** The candidate within an edit distance of a third of the word's length, ignoring punctuation and case; else null. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  let best: { candidate: string; distance: number } | null = null;
  for (const candidate of candidates) {
    const distance = editDistance(plain(word), plain(candidate));
    if (distance <= Math.max(1, Math.floor(word.length / 3)) && distance < (best?.distance ?? Infinity)) {
      best = { candidate, distance };
    }
  }
  return best?.candidate ?? null;
}

/** Computes the Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length];
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `«${value}»`;
  if (Array.isArray(value)) return 'a list';
  return value === null || typeof value !== 'object' ? String(value) : 'an object';
}
