/**
 * A table to look up names from files. It has its own entries only. An ordinary object also answers to `constructor`,
 * `toString` and other inherited names, and a file may use these as names of operators.
 */
export function byName<T extends object>(entries: T): T {
  return Object.assign(Object.create(null) as T, entries);
}
