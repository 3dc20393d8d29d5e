/** How large groups are that `count` things go into evenly, the last perhaps smaller, at most `most` in each. */
export function evenGroupSize(count: number, most: number): number {
  return Math.ceil(count / Math.ceil(count / most));
}
