import { expect, it } from 'vitest';
import { restoreMemory } from './memory';

it('starts afresh without a memory or with an invalid one', () => {
  expect(restoreMemory(undefined)).toEqual(restoreMemory('nonsense'));
  expect(restoreMemory(undefined).plane.view).toBe('contour');
});

it('keeps what it has and fills in what is new', () => {
  const memory = restoreMemory({ scroll: 120, plane: { view: 'heat' }, open: ['timings', 3] });
  expect(memory).toMatchObject({ scroll: 120, plane: { view: 'heat', scale: 'log', index: 0 }, open: ['timings'] });
});

it('never shares its parts between two pages', () => {
  restoreMemory(undefined).plane.view = 'surface';
  expect(restoreMemory(undefined).plane.view).toBe('contour');
});
