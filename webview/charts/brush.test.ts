import { expect, it } from 'vitest';
import { brush, isOfLayer, sharedAlpha } from './brush';

const hover = (x: string, y: string) => ({
  plane: { x: { direction: x, values: [-1, 1] }, y: { direction: y, values: [-1, 1] } },
  at: { x: 0.25, y: -0.5 },
});

it('finds the α of a line along either axis of the plane', () => {
  expect(sharedAlpha('gradient', hover('gradient', 'top/1'))).toBe(0.25);
  expect(sharedAlpha('top/1', hover('gradient', 'top/1'))).toBe(-0.5);
  expect(sharedAlpha('top/2', hover('gradient', 'top/1'))).toBeNull();
});

it('takes only that random direction for the same which is the same vector', () => {
  expect(sharedAlpha('random', hover('random', 'random'))).toBe(0.25);
  // The axis is turned until it is at right angles to the gradient.
  expect(sharedAlpha('random', hover('random', 'gradient'))).toBeNull();
  // The second axis is drawn from another stream.
  expect(sharedAlpha('random', hover('gradient', 'random'))).toBeNull();
});

it('knows the tensors of a layer and the layer of a tensor, and no layer whose name only begins alike', () => {
  expect(isOfLayer('conv1', 'conv1.weight')).toBe(true);
  expect(isOfLayer('conv1.weight', 'conv1')).toBe(true);
  expect(isOfLayer('conv1.weight', 'conv1.weight')).toBe(true);
  expect(isOfLayer('conv10.weight', 'conv1')).toBe(false);
  expect(isOfLayer('conv1.bias', 'conv1.weight')).toBe(false);
  expect(isOfLayer('conv1', null)).toBe(false);
});

it('tells listeners of changes alone, until they leave', () => {
  const seen: (string | null)[] = [];
  const leave = brush.listen('layer', () => seen.push(brush.layer));
  brush.set('layer', 'fc');
  brush.set('layer', 'fc');
  brush.set('layer', null);
  leave();
  brush.set('layer', 'conv');
  brush.set('layer', null);
  expect(seen).toEqual(['fc', null]);
});
