import { expect, it } from 'vitest';
import { globsFor } from './unsupported';

it('finds the shortest globs that match some names and none of the others', () => {
  expect(globsFor(['head.fc1.weight', 'head.fc2.bias'], ['body.conv.weight'])).toEqual(['head.*']);
  expect(globsFor(['block.1.w', 'block.1.b', 'head.w'], ['block.0.w'])).toEqual(['block.1.*', 'head.*']);
});

it('falls back on whole names', () => {
  expect(globsFor(['w2', 'b2'], ['w1', 'w'])).toEqual(['w2', 'b2']);
});
