/** A range with that many steps at most. */
export function coarser<R extends { steps: number }>(range: R, steps: number): R {
  return { ...range, steps: Math.min(range.steps, steps) };
}
