import { expect, test } from 'vitest';
import type { Progress } from '../protocol/worker';
import { ProgressTracker } from './progress';

test('estimates the remaining time from the rate so far', async () => {
  let milliseconds = 0;
  const told: Progress[] = [];
  const stages = [
    { name: 'Loss', cost: 1 },
    { name: 'Spectrum', cost: 9 },
  ];
  const tracker = new ProgressTracker(
    stages,
    (progress) => told.push(progress),
    () => milliseconds,
  );
  await tracker.during(stages[0], () => {
    milliseconds = 2000;
    return Promise.resolve();
  });
  expect(told.at(-1)).toEqual({ stage: 'Loss', fraction: 0.1 });
  await tracker.during(stages[1], (report) => {
    milliseconds = 10_000;
    report(4 / 9);
    return Promise.resolve();
  });
  // The first half of the work took ten seconds.
  expect(told.at(-2)).toMatchObject({ stage: 'Spectrum', fraction: 0.5, secondsLeft: 10 });
  expect(told.at(-1)).toMatchObject({ fraction: 1, secondsLeft: 0 });
});
