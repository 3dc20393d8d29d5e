import type { Tensor } from '../graph/tensor';
import { sizeOf } from '../graph/tensor';
import type { InputWish } from '../options/options';

/** Reads the numbers that the user wrote for an input, in the shape of their lists. Returns null for other text. */
export function valueOf(wish: InputWish): Tensor | null {
  const nested = typeof wish === 'string' ? listsIn(wish) : wish;
  const shape: number[] = [];
  for (let at: unknown = nested; Array.isArray(at); at = at[0] as unknown) shape.push(at.length);
  const values = flat(nested, shape);
  return values && { dtype: 'float64', shape, data: Float64Array.from(values) };
}

/** Returns the data key that the user named for an input, or null if the wish is a value. A key precedes a number. */
export function keyOf(wish: InputWish, keys: readonly string[]): string | null {
  return typeof wish === 'string' && (keys.includes(wish) || valueOf(wish) === null) ? wish : null;
}

/** Parses `1,2,3` and `[[1, 2], [3, 4]]` as lists of words, and `2` as a word. */
function listsIn(text: string): unknown {
  const trimmed = text.trim();
  const list = trimmed.includes(',') && !trimmed.startsWith('[') ? `[${trimmed}]` : trimmed;
  try {
    return JSON.parse(list.replace(/[^[\],\s]+/g, (word) => JSON.stringify(word)));
  } catch {
    return null;
  }
}

/** Flattens nested lists of numbers. Returns null if lists on one level differ in length or hold something else. */
function flat(nested: unknown, shape: readonly number[]): number[] | null {
  if (!Array.isArray(nested)) {
    const value = shape.length === 0 ? numberOf(nested) : null;
    return value === null ? null : [value];
  }
  if (shape.length === 0 || nested.length !== shape[0]) return null;
  const parts = nested.map((part) => flat(part, shape.slice(1)));
  const values = parts.flatMap((part) => part ?? []);
  return values.length === sizeOf(shape) ? values : null;
}

function numberOf(word: unknown): number | null {
  if (typeof word === 'number') return word;
  if (typeof word === 'boolean') return Number(word);
  if (typeof word !== 'string' || word.trim() === '') return null;
  if (/^(true|false)$/i.test(word)) return Number(/^true$/i.test(word));
  const infinite = /^([-+]?)inf(inity)?$/i.exec(word);
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity;
  const value = Number(word);
  return Number.isNaN(value) ? null : value;
}
