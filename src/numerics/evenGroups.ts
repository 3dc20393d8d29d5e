/** Size of the groups that divide `count` items evenly, at most `most` in each; the last group may be smaller. */
export function evenGroupSize(count: number, most: number): number {
  return Math.ceil(count / Math.ceil(count / most));
}

/** The same for groups that take turns: if the items would fill one group, they form at least two. */
export function turnGroupSize(count: number, most: number): number {
  return evenGroupSize(count, count < most ? most : Math.min(most, Math.ceil(count / 2)));
}
