import { expect, it } from 'vitest';
import { globsFor, toldOf } from './unsupported';

it('finds the shortest globs that match some names and none of the others', () => {
  expect(globsFor(['head.fc1.weight', 'head.fc2.bias'], ['body.conv.weight'])).toEqual(['head.*']);
  expect(globsFor(['block.1.w', 'block.1.b', 'head.w'], ['block.0.w'])).toEqual(['block.1.*', 'head.*']);
});

it('falls back on whole names', () => {
  expect(globsFor(['w2', 'b2'], ['w1', 'w'])).toEqual(['w2', 'b2']);
});

it('names nodes of one reason together', () => {
  const node = (name: string, reason: string) => ({ node: name, operator: 'Conv', reason });
  const nodes = [node('a', 'odd layout'), node('b', 'unknown'), node('c', 'odd layout')];
  expect(toldOf({ nodes, stillWorks: ['Losses.', 'The rest too.'] })).toBe(
    'No derivative for Conv "a", Conv "c" (odd layout), Conv "b" (unknown): Ridgeline measures only losses. The rest too.',
  );
});
