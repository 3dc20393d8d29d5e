import { describe, expect, it } from 'vitest';
import { searchThreads, threadCounts, toldThreads } from './threadSearch';

/**
 * Work that takes the given milliseconds for each number of threads, on a simulated clock, so that a busy machine does
 * not affect the test.
 */
function workOf(milliseconds: Readonly<Record<number, number>>) {
  let time = 0;
  const opened: number[] = [];
  const released: number[] = [];
  const open = (threads: number) => {
    opened.push(threads);
    return Promise.resolve({
      run: () => {
        time += milliseconds[threads];
        return Promise.resolve();
      },
      release: () => Promise.resolve(void released.push(threads)),
    });
  };
  return { open, opened, released, now: () => time };
}

const always = () => true;

it('looks at all threads, then at half as many each time', () => {
  expect(threadCounts(1)).toEqual([1]);
  expect(threadCounts(2)).toEqual([2, 1]);
  expect(threadCounts(12)).toEqual([12, 6, 3, 1]);
});

describe('a search for the number of threads', () => {
  it('takes the one that is clearly fastest', async () => {
    const { open, opened, released, now } = workOf({ 8: 20, 4: 5, 2: 12, 1: 25 });
    const choice = (await searchThreads([8, 4, 2, 1], open, always, now))!;
    expect(choice.threads).toBe(4);
    expect(choice.timed.map(({ threads }) => threads)).toEqual([8, 4, 2, 1]);
    for (const { threads, milliseconds } of choice.timed) {
      expect(milliseconds).toBeGreaterThanOrEqual({ 8: 20, 4: 5, 2: 12, 1: 25 }[threads]!);
    }
    expect(released).toEqual(opened);
    expect(toldThreads(choice)).toMatch(/^4 of 8 threads: a run on the first batch takes [\d.]+ ms with 8, /);
  });

  it('stays with all of them where fewer are hardly faster', async () => {
    const { open, now } = workOf({ 2: 30, 1: 25 });
    expect((await searchThreads([2, 1], open, always, now))!.threads).toBe(2);
  });

  it('ends where a look takes too long', async () => {
    const { open, opened, now } = workOf({ 4: 300, 2: 10, 1: 10 });
    expect((await searchThreads([4, 2, 1], open, always, now))!.threads).toBe(4);
    expect(opened).toEqual([4]);
  });

  it('is not made for little work', async () => {
    const { open, opened, released, now } = workOf({ 2: 3, 1: 1 });
    const seen: number[] = [];
    expect(await searchThreads([2, 1], open, (ms) => seen.push(ms) > 1, now)).toBeNull();
    expect([opened, released]).toEqual([[2], [2]]);
    expect(seen[0]).toBeGreaterThanOrEqual(3);
  });
});
