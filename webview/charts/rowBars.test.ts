import { expect, it } from 'vitest';
import { shorten } from './rowBars';

it('shows both ends of a long name', () => {
  expect(shorten('short', 10)).toBe('short');
  const long = shorten('encoder.blocks.0.attention.query.weight', 20);
  expect(long).toHaveLength(20);
  expect(long).toMatch(/^encoder.*weight$/);
});
