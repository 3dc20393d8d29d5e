/** Lists up to this length are shown whole. */
const WHOLE = 64;
/** Items shown of each end of a longer list. */
const ENDS = 8;

/**
 * Shortens the long lists in a JSON value, such as densities and Ritz values: of each, the length and both ends remain.
 * An agent pays for every number that it reads, and the whole lists are in the report file.
 */
export function brief(value: unknown): unknown {
  if (Array.isArray(value)) {
    if (value.length <= WHOLE) return value.map(brief);
    return { length: value.length, first: value.slice(0, ENDS).map(brief), last: value.slice(-ENDS).map(brief) };
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, content]) => [key, brief(content)]));
}
