import { expect, it } from 'vitest';
import { perform } from './pageActions';
import type { PageActions, PageRequest } from './pageActions';

/** Actions that return their own name and what they were given. */
function namingActions(names: readonly string[]): PageActions {
  const entries = names.map((name) => [name, (...given: unknown[]) => [name, ...given]]);
  return Object.fromEntries(entries) as unknown as PageActions;
}

const EVERY: [PageRequest, unknown[]][] = [
  [{ type: 'cancel' }, []],
  [{ type: 'rerun', preset: 'quick' }, ['quick']],
  [
    { type: 'measurePoint', directions: { x: 'a', y: 'b' }, at: { x: 1, y: 2 } },
    [
      { x: 'a', y: 'b' },
      { x: 1, y: 2 },
    ],
  ],
  [{ type: 'cancelPoints' }, []],
  [{ type: 'export' }, []],
  [{ type: 'saveImproved' }, []],
  [{ type: 'help', id: 'retry' }, ['retry']],
  [{ type: 'openSample' }, []],
  [{ type: 'savePicture', name: 'a', png: 'p' }, ['a', 'p']],
  [{ type: 'saveDrawing', name: 'a', svg: 's' }, ['a', 's']],
  [{ type: 'saveTable', name: 'a', csv: 'c' }, ['a', 'c']],
  [{ type: 'showLog' }, []],
  [{ type: 'fault', message: 'm', stack: 't' }, ['m', 't']],
];

it.each(EVERY)('passes %o on to the action of its name', (message, given) => {
  expect(perform(message, namingActions([message.type]))).toEqual([message.type, ...given]);
});

it.each(['cancel', 'cancelPoints', 'openSample'] as const)('ignores %s on a page without this button', (type) => {
  expect(perform({ type }, namingActions(['rerun']))).toBeUndefined();
});
