/** Returns the range with at most `steps` steps. */
export function coarser<R extends { steps: number }>(range: R, steps: number): R {
  return { ...range, steps: Math.min(range.steps, steps) };
}
