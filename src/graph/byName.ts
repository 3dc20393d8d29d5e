/**
 * A table that is looked up by names from files. It has its own entries and nothing else: an ordinary object also answers
 * to `constructor`, `toString` and what else every object has, and files may call their operators so.
 */
export function byName<T extends object>(entries: T): T {
  return Object.assign(Object.create(null) as T, entries);
}
