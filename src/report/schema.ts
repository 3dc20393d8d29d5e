/**
 * What a value of the saved report looks like, declared once: `read` checks it at run time, `Infer` is its TypeScript
 * type, and `json` is its JSON schema. Each section of the report is such a declaration (`sections/`).
 */
export interface Schema<T> {
  /** Reads a parsed JSON value as a T. @throws Mismatch naming what does not fit and where */
  read(value: unknown): T;
  /** The JSON schema of the saved value. Schemas that have a name add themselves to `definitions` and answer a reference. */
  json(definitions: Definitions): JsonSchema;
}

/** A schema of something that an object may leave out. */
export interface Optional<T> extends Schema<T | undefined> {
  optional: true;
}

/** The TypeScript type of what a schema reads. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

export type JsonSchema = Record<string, unknown>;
export type Definitions = Record<string, JsonSchema>;

/** The spellings of the numbers JSON has no word for. */
const NON_FINITE = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

/** A value is not what its schema declares. Objects and lists put their key in front of `path` as it passes them. */
export class Mismatch extends Error {
  path = '';

  constructor(
    readonly expected: string,
    readonly found: unknown,
  ) {
    super(`should be ${expected}`);
  }
}

export const text: Schema<string> = {
  read: (value) => (typeof value === 'string' ? value : mismatch('text', value)),
  json: () => ({ type: 'string' }),
};

export const flag: Schema<boolean> = {
  read: (value) => (typeof value === 'boolean' ? value : mismatch('true or false', value)),
  json: () => ({ type: 'boolean' }),
};

/** A number; JSON spells NaN and ±∞ as "NaN", "Infinity" and "-Infinity". */
export const number: Schema<number> = named('number', {
  read(value) {
    if (typeof value === 'number') return value;
    const spelled = typeof value === 'string' ? NON_FINITE.get(value) : undefined;
    return spelled ?? mismatch('a number', value);
  },
  json: () => ({ anyOf: [{ type: 'number' }, { enum: [...NON_FINITE.keys()] }] }),
});

export function oneOf<const T extends string>(words: readonly T[]): Schema<T> {
  return {
    read: (value) => words.find((word) => word === value) ?? mismatch(`one of ${words.join(', ')}`, value),
    json: () => ({ enum: [...words] }),
  };
}

/** A list in one loop: planes and Ritz values are lists of 10⁵ numbers. */
export function list<T>(item: Schema<T>): Schema<T[]> {
  return {
    read(value) {
      if (!Array.isArray(value)) return mismatch('a list', value);
      const read = new Array<T>(value.length);
      let i = 0;
      try {
        for (; i < read.length; i++) read[i] = item.read(value[i]);
      } catch (error) {
        throw within(`[${i}]`, error);
      }
      return read;
    },
    json: (definitions) => ({ type: 'array', items: item.json(definitions) }),
  };
}

type Shape = Record<string, Schema<unknown>>;
type OptionalKey<S extends Shape> = { [K in keyof S]: S[K] extends Optional<unknown> ? K : never }[keyof S];
type Required<S extends Shape> = Pick<S, Exclude<keyof S, OptionalKey<S>>>;
type Whole<S extends Shape> = { [K in keyof Required<S>]: Infer<S[K]> } & {
  [K in keyof Pick<S, OptionalKey<S>>]?: Infer<S[K]>;
};
type Flat<T> = { [K in keyof T]: T[K] };

/** Fields this version does not know are kept as they are: a newer version may have added them. */
export function object<S extends Shape>(fields: S): Schema<Flat<Whole<S>>> {
  const names = Object.keys(fields);
  return {
    read(value) {
      const read = { ...record(value) };
      for (const name of names) {
        const item = readField(fields[name], name, read[name]);
        if (item !== undefined) read[name] = item;
      }
      return read as Flat<Whole<S>>;
    },
    json: (definitions) => ({
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, fields[name].json(definitions)])),
      required: names.filter((name) => !('optional' in fields[name])),
    }),
  };
}

/** Keys of any name; those in `known` hold what is declared there, and the others hold `rest`. */
export function dictionary<S extends Record<string, Optional<unknown>>, R>(
  known: S,
  rest: Schema<R>,
): Schema<Flat<Whole<S>> & { [key: string]: R | undefined }> {
  return {
    read(value) {
      const items = Object.entries(record(value)).map(([name, item]) => [
        name,
        // Every object has `constructor` and `__proto__`, which a file may name as well.
        readField(Object.hasOwn(known, name) ? known[name] : rest, name, item),
      ]);
      return Object.fromEntries(items) as Flat<Whole<S>> & { [key: string]: R | undefined };
    },
    json: (definitions) => ({
      type: 'object',
      properties: Object.fromEntries(Object.entries(known).map(([name, item]) => [name, item.json(definitions)])),
      additionalProperties: rest.json(definitions),
    }),
  };
}

/** An object whose fields nobody computes with: it is shown as it is. */
export function opaque<T extends object>(): Schema<T> {
  return { read: (value) => record(value) as T, json: () => ({ type: 'object' }) };
}

/** A number, or what `other` reads. */
export function numberOr<T>(other: Schema<T>): Schema<number | T> {
  return {
    read: (value) => (typeof value === 'object' ? other.read(value) : number.read(value)),
    json: (definitions) => ({ anyOf: [number.json(definitions), other.json(definitions)] }),
  };
}

/** The same schema with a sentence for those who read the declaration or the JSON schema. */
export function about<T>(description: string, schema: Schema<T>): Schema<T> {
  return { ...schema, json: (definitions) => ({ ...schema.json(definitions), description }) };
}

export function optional<T>(schema: Schema<T>, description?: string): Optional<T> {
  const described = description === undefined ? schema : about(description, schema);
  return {
    read: (value) => (value === undefined ? undefined : schema.read(value)),
    json: described.json,
    optional: true,
  };
}

/** The JSON schema declares it once, under `name`. */
export function named<T>(name: string, schema: Schema<T>): Schema<T> {
  return {
    read: schema.read,
    json(definitions) {
      definitions[name] ??= schema.json(definitions);
      return { $ref: `#/$defs/${name}` };
    },
  };
}

function readField<T>(schema: Schema<T>, name: string, value: unknown): T {
  try {
    return schema.read(value);
  } catch (error) {
    throw within(name, error);
  }
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return mismatch('an object', value);
  return value as Record<string, unknown>;
}

function mismatch(expected: string, found: unknown): never {
  throw new Mismatch(expected, found);
}

/** `gradient` before `.norm`, `loss` before `[3]`. */
function within(key: string, error: unknown): unknown {
  if (!(error instanceof Mismatch)) return error;
  error.path = error.path === '' || error.path.startsWith('[') ? `${key}${error.path}` : `${key}.${error.path}`;
  return error;
}
