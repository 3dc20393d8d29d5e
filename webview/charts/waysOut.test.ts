import { expect, it } from 'vitest';
import { testTheme } from './testTheme';
import { waysOutChart, waysOutSummary } from './waysOut';

const escapes = [
  { direction: 'bottom/1', step: 2, loss: 0.4, rise: 0, error: 1e-7 },
  { direction: '−bottom/1', step: 0, loss: 1, rise: 0, error: 1e-7 },
  { direction: 'random/1', step: 3, loss: 0.1, rise: 0.2, error: 1e-7 },
];

it('hangs a bar on the loss here for every lower loss', () => {
  expect(waysOutChart({ escapes, loss: 1 }, testTheme).data.datasets[0]!.data).toEqual([[0.4, 1], null, [0.1, 1]]);
});

it('counts only ways without a rise', () => {
  expect(waysOutSummary({ escapes, loss: 1 })).toContain(
    '1 of 3 attempts to leave found a way down. The best one leads along +v_min from 1 to 0.4.',
  );
  expect(waysOutSummary({ escapes: escapes.slice(1), loss: 1 })).toContain('None of 2 attempts');
});
