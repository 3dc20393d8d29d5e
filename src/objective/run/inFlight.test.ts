import { expect, it } from 'vitest';
import { inFlight } from './inFlight';

async function* numbers(count: number) {
  for (let i = 0; i < count; i++) yield await Promise.resolve(i);
}

const later = (turns: number) => new Promise((resolve) => setTimeout(resolve, 5 * turns));

it('keeps so many under way, and gives results in the order of the items', async () => {
  let [underWay, most] = [0, 0];
  const results: number[] = [];
  const ran = inFlight(numbers(7), 3, async (i) => {
    most = Math.max(most, ++underWay);
    await later(i % 2);
    underWay--;
    return i * i;
  });
  for await (const result of ran) results.push(result);
  expect(results).toEqual([0, 1, 4, 9, 16, 25, 36]);
  expect([underWay, most]).toEqual([0, 3]);
});

it.each(['fails', 'is left'])('waits for those under way when one %s', async (how) => {
  const done: number[] = [];
  const read = async () => {
    const ran = inFlight(numbers(9), 2, async (i) => {
      await later(i);
      if (how === 'fails' && i === 1) throw new Error('lost');
      done.push(i);
      return i;
    });
    for await (const result of ran) if (how === 'is left' && result === 1) return;
  };
  await (how === 'fails' ? expect(read()).rejects.toThrow('lost') : read());
  expect(done).toEqual(how === 'fails' ? [0, 2] : [0, 1, 2]);
});
