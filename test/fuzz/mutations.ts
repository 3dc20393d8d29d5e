import { fromBinary, toBinary } from '@bufbuild/protobuf';
import type { DescMessage } from '@bufbuild/protobuf';
import type { Chance } from './values';
import { FLOATS, INTEGERS, NAMES, OPERATORS } from './values';

/** Damages bytes at random places, more often near the start and the end, where headers and directories are. */
export function mutateBytes(original: Uint8Array, chance: Chance): Uint8Array<ArrayBuffer> {
  let bytes = Buffer.from(original);
  for (let times = 1 + chance.below(3); times > 0; times--) {
    const at = place(bytes.length, chance);
    // Most changes keep the length, because most readers cannot make sense of anything behind a shift.
    switch (chance.below(chance.odds(0.6) ? 3 : 7)) {
      case 0:
        if (bytes.length > 0) bytes[at] ^= 1 << chance.below(8);
        break;
      case 1:
        if (bytes.length > 0) bytes[at] = chance.of([0, 1, 0x7f, 0x80, 0xff]);
        break;
      case 2:
        bytes = writeInteger(bytes, at, chance);
        break;
      case 3:
        bytes = bytes.subarray(0, at);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + chance.below(16))]);
        break;
      case 5:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(chance.of(NAMES).slice(0, 40)), bytes.subarray(at)]);
        break;
      default:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          bytes.subarray(place(bytes.length, chance), at + 64),
          bytes.subarray(at),
        ]);
    }
  }
  return new Uint8Array(bytes);
}

function place(length: number, chance: Chance): number {
  const near = Math.min(length, 200);
  const at = chance.of([chance.below(near + 1), length - chance.below(near + 1), chance.below(length + 1)]);
  return Math.max(0, Math.min(at, length - 1));
}

function writeInteger(bytes: Buffer<ArrayBuffer>, at: number, chance: Chance): Buffer<ArrayBuffer> {
  const width = chance.of([2, 4, 8]);
  if (at + width > bytes.length) return bytes;
  const value = BigInt.asUintN(8 * width, chance.of(INTEGERS));
  const digits = Array.from({ length: width }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
  bytes.set(chance.odds(0.5) ? digits : digits.reverse(), at);
  return bytes;
}

/** Replaces numbers and words of a text by hostile ones. */
export function mutateText(text: string, chance: Chance): string {
  const tokens = [...text.matchAll(/-?\d+(?:\.\d+)?|\w+|[^\w\s]/g)];
  if (tokens.length === 0) return chance.of(NAMES);
  let changed = text;
  const token = chance.of(tokens);
  const word = chance.of<() => string>([
    () => String(chance.of(INTEGERS)),
    () => String(chance.of(FLOATS)),
    () => chance.of(NAMES),
    () => '',
    () => token[0].repeat(2 + chance.below(50)),
  ])();
  changed = changed.slice(0, token.index) + word + changed.slice(token.index + token[0].length);
  return chance.odds(0.3) ? mutateText(changed, chance) : changed;
}

/** A JSON value with one part changed, dropped, or replaced by a value of another kind. */
export function mutateJson(value: unknown, chance: Chance): unknown {
  if (typeof value !== 'object' || value === null || chance.odds(0.15)) {
    return chance.of<unknown>([
      ...[null, true, '', [], {}, Number(chance.of(INTEGERS)), 'NaN', chance.of(NAMES), [value], { value }],
      [[[[[[value]]]]]],
    ]);
  }
  if (Array.isArray(value)) {
    const at = chance.below(value.length + 1);
    return [...value.slice(0, at), mutateJson(value[at], chance), ...value.slice(at + 1)] as unknown[];
  }
  const entries = Object.entries(value);
  const at = chance.below(entries.length + 1);
  if (at === entries.length || chance.odds(0.1))
    return JSON.parse(`{"${chance.of(['__proto__', 'constructor', 'x'])}": 1}`) as unknown;
  const [key, old] = entries[at];
  if (chance.odds(0.1)) entries.splice(at, 1);
  else entries[at] = chance.odds(0.1) ? [chance.of(NAMES), old] : [key, mutateJson(old, chance)];
  return Object.fromEntries(entries);
}

type Fields = Record<string, unknown>;

/**
 * Decodes a message, changes some of its fields and encodes it again. The result is a valid message, so that the damage
 * reaches the code behind the decoder.
 */
export function mutateMessage(schema: DescMessage, original: Uint8Array, chance: Chance): Uint8Array<ArrayBuffer> {
  const message = fromBinary(schema, original) as unknown as Fields;
  for (let times = 1 + chance.below(3); times > 0; times--) {
    const places = fieldsOf(message);
    const { owner, key } = chance.of(places);
    const names = places
      .map((place) => place.owner[place.key])
      .filter((value): value is string => typeof value === 'string');
    const old = owner[key];
    owner[key] = mutateField(old, key, names, chance);
    try {
      toBinary(schema, message as never);
    } catch {
      // The field cannot hold this value.
      owner[key] = old;
    }
  }
  return toBinary(schema, message as never);
}

interface Place {
  owner: Fields;
  key: string;
}

function fieldsOf(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  const owner = value as Fields;
  return Object.keys(owner)
    .filter((key) => !key.startsWith('$') && key !== 'case')
    .flatMap((key) => [{ owner, key }, ...fieldsOf(owner[key])]);
}

function mutateField(value: unknown, key: string, names: readonly string[], chance: Chance): unknown {
  if (typeof value === 'bigint') return chance.of(INTEGERS);
  if (typeof value === 'number') {
    return Number.isInteger(value) && chance.odds(0.5)
      ? chance.below(30)
      : chance.of([...FLOATS, 2 ** 31 - 1, -(2 ** 31)]);
  }
  if (typeof value === 'string') {
    if (key === 'opType') return chance.of([...OPERATORS, ...NAMES]);
    return chance.odds(0.6) ? chance.of(names) : chance.of(NAMES);
  }
  if (value instanceof Uint8Array) return mutateBytes(value, chance);
  if (Array.isArray(value)) {
    const list = value as unknown[];
    if (list.length === 0) return list;
    const at = chance.below(list.length);
    if (chance.odds(0.4)) return list.filter((_, i) => i !== at);
    return chance.odds(0.5) ? [...list, list[at]] : [...list.slice(0, at), list[at], ...list.slice(at)];
  }
  return undefined;
}
