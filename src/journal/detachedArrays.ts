const TYPES = { Float32Array, Float64Array, Int32Array, Uint32Array, Uint8Array, BigInt64Array };

type NumberArray = InstanceType<(typeof TYPES)[keyof typeof TYPES]>;

/** The type and size of an array without its numbers. */
export interface ArrayPlace {
  type: keyof typeof TYPES;
  bytes: number;
}

const MARK = 'array of the record';

/** Separates a value of plain objects and lists from its typed arrays. The arrays are not copied. */
export function detachArrays(value: unknown): { rest: unknown; arrays: NumberArray[]; places: ArrayPlace[] } {
  const arrays: NumberArray[] = [];
  const rest = mapped(value, (item) => {
    if (!ArrayBuffer.isView(item)) return undefined;
    if (!(item.constructor.name in TYPES)) throw new Error(`${item.constructor.name} cannot be kept in a journal`);
    return { [MARK]: arrays.push(item as NumberArray) - 1 };
  });
  const places = arrays.map(({ constructor: { name }, byteLength }) => {
    return { type: name as ArrayPlace['type'], bytes: byteLength };
  });
  return { rest, arrays, places };
}

/** Puts the arrays back into a value. This is the inverse of `detachArrays`. */
export function attachArrays(rest: unknown, arrays: readonly NumberArray[]): unknown {
  return mapped(rest, (item) =>
    typeof item === 'object' && item !== null && MARK in item ? arrays[item[MARK] as number] : undefined,
  );
}

export function emptyArray({ type, bytes }: ArrayPlace): NumberArray {
  return new TYPES[type](bytes / TYPES[type].BYTES_PER_ELEMENT);
}

/** Replaces every item for which `replace` returns a value. Visits lists and plain objects recursively. */
function mapped(value: unknown, replace: (item: unknown) => unknown): unknown {
  const replacement = replace(value);
  if (replacement !== undefined) return replacement;
  if (Array.isArray(value)) return value.map((item) => mapped(item, replace));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, replace)]));
}
