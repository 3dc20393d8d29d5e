import { expect, test } from 'vitest';
import { InOrder } from './inOrder';

test('each is told when all before it are there', () => {
  const told: string[] = [];
  const order = new InOrder<string>((item, number) => told.push(`${number}${item}`));
  order.add(1, 'b');
  order.add(3, 'd');
  expect(told).toEqual([]);
  order.add(0, 'a');
  expect(told).toEqual(['0a', '1b']);
  order.add(2, 'c');
  expect(told).toEqual(['0a', '1b', '2c', '3d']);
});
