/**
 * What `work` gives for each item, in their order, with up to `most` under way at once: what does the work never waits
 * until it is heard here that it is done. When one fails, or nobody reads on, those under way are waited for.
 */
export async function* inFlight<Item, Result>(
  items: AsyncIterable<Item>,
  most: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const running: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      if (running.length >= most) yield await running.shift()!;
      const started = work(item);
      // A fault is thrown when it is this one's turn, and is no stray one until then.
      started.catch(() => undefined);
      running.push(started);
    }
    while (running.length > 0) yield await running.shift()!;
  } finally {
    await Promise.allSettled(running);
  }
}
