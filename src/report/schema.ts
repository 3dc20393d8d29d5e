/**
 * Declares once what a value of the saved report looks like: `read` checks it at run time, `Infer` gives its TypeScript
 * type, and `json` gives its JSON schema. Each file in `sections/` declares one section of the report.
 */
export interface Schema<T> {
  /** Reads a parsed JSON value as a T. @throws Mismatch that says what is wrong and where */
  read(value: unknown): T;
  /** Returns the JSON schema of the value. A named schema adds itself to `definitions` and returns a reference. */
  json(definitions: Definitions): JsonSchema;
}

/** The schema of a field that an object may leave out. */
export interface Optional<T> extends Schema<T | undefined> {
  optional: true;
}

/** The TypeScript type of the values that a schema reads. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

export type JsonSchema = Record<string, unknown>;
export type Definitions = Record<string, JsonSchema>;

/** Spellings of the numbers that JSON lacks. */
const NON_FINITE = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

/** A value is not what its schema declares. As the error passes up, each object and list prepends its key to `path`. */
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

/** Reads a number. JSON spells NaN and ±∞ as "NaN", "Infinity" and "-Infinity". */
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

/** Reads a list. Uses one plain loop, since planes and Ritz values are lists of 10⁵ numbers. */
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

/** Reads an object. Keeps fields that this version does not know, since a newer version may have added them. */
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

/** Reads an object with keys of any name. `known` declares the values of some keys, and `rest` those of all others. */
export function dictionary<S extends Record<string, Optional<unknown>>, R>(
  known: S,
  rest: Schema<R>,
): Schema<Flat<Whole<S>> & { [key: string]: R | undefined }> {
  return {
    read(value) {
      const items = Object.entries(record(value)).map(([name, item]) => [
        name,
        // Every object inherits `constructor` and `__proto__`, and a file may contain keys of these names.
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

/** Reads an object without checking its fields, which are only shown and never computed with. */
export function opaque<T extends object>(): Schema<T> {
  return { read: (value) => record(value) as T, json: () => ({ type: 'object' }) };
}

/** Reads a number, or an object that `other` reads. */
export function numberOr<T>(other: Schema<T>): Schema<number | T> {
  return {
    read: (value) => (typeof value === 'object' ? other.read(value) : number.read(value)),
    json: (definitions) => ({ anyOf: [number.json(definitions), other.json(definitions)] }),
  };
}

/** Adds a description to a schema, for people who read the declaration or the JSON schema. */
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

/** Names a schema, so that the JSON schema declares it only once. */
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

/** Prepends a key to the path of a mismatch: `gradient` before `.norm`, `loss` before `[3]`. */
function within(key: string, error: unknown): unknown {
  if (!(error instanceof Mismatch)) return error;
  error.path = error.path === '' || error.path.startsWith('[') ? `${key}${error.path}` : `${key}.${error.path}`;
  return error;
}
