/** How large groups are that `count` things go into evenly, the last perhaps smaller, at most `most` in each. */
export function evenGroupSize(count: number, most: number): number {
  return Math.ceil(count / Math.ceil(count / most));
}

/** The same where two groups take turns: as many as one group may hold, or more, are two groups at least. */
export function turnGroupSize(count: number, most: number): number {
  return evenGroupSize(count, count < most ? most : Math.min(most, Math.ceil(count / 2)));
}
