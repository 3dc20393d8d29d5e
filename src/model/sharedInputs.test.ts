import { expect, it } from 'vitest';
import type { SourceInput } from '../graph/source';
import { sharingOf } from './sharedInputs';

const sharing = (shapes: Record<string, SourceInput['shape']>) =>
  Object.fromEntries(sharingOf(Object.entries(shapes).map(([name, shape]) => ({ name, dtype: 'float32', shape }))));

it('a number without axes is always shared', () => {
  expect(sharing({ x: ['N', 5], t: [] })).toEqual({ x: 'never', t: 'always' });
  expect(sharing({ x: [1, 5], t: [] })).toEqual({ x: 'never', t: 'always' });
});

it('a fixed first axis beside a free one is likely to be shared', () => {
  const shapes = { x: ['batch', 'L', 8], positions: [1, 16], mask: [16, 16], sr: [1] };
  expect(sharing(shapes)).toEqual({ x: 'never', positions: 'likely', mask: 'likely', sr: 'likely' });
});

it('an axis name that is not the first axis of another input is a length', () => {
  expect(sharing({ x: ['batch', 'L'], mask: ['L', 'L'], positions: ['L'] })).toEqual({
    x: 'never',
    mask: 'likely',
    positions: 'likely',
  });
  // A graph of nodes: no other axis is left to count samples.
  expect(sharing({ x: ['nodes', 4], edges: ['nodes', 'nodes'] })).toEqual({ x: 'never', edges: 'never' });
});

it('if every first axis is fixed, only the data decide', () => {
  expect(sharing({ x: [1, 5], y: [4, 4] })).toEqual({ x: 'possible', y: 'possible' });
  expect(sharing({ x: [1, 5] })).toEqual({ x: 'never' });
});
