/**
 * Yields the results of `work` for each item, in order, while up to `most` calls run at once. The worker therefore does
 * not wait for this thread to notice that an item is done. When a call fails, or the consumer stops reading, the
 * running calls are awaited.
 */
export async function* inFlight<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  most: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const running: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      if (running.length >= most) yield await running.shift()!;
      const started = work(item);
      // The error is thrown when its item is due; until then it must not count as an unhandled rejection.
      started.catch(() => undefined);
      running.push(started);
    }
    while (running.length > 0) yield await running.shift()!;
  } finally {
    await Promise.allSettled(running);
  }
}
