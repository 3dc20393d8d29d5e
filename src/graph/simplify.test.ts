import { describe, expect, it } from 'vitest';
import { GraphBuilder } from './builder';
import type { Node } from './graph';

describe('a sum of zero-padded pieces', () => {
  const g = new GraphBuilder();
  const piece = (name: string, length: number, start: number) =>
    g.pad(g.input(name, 'float32', [2, length]), [0, start], [0, 6 - start - length]);

  it('becomes their concatenation if they fill the axis', () => {
    // In the order in which reverse mode meets the slices of a tensor: the last first.
    const sum = g.add(g.add(piece('c', 3, 3), piece('b', 1, 2)), piece('a', 2, 0));
    expect(sum.node!.op).toBe('Concat');
    expect((sum.node as Node<'Concat'>).inputs.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(sum.shape).toEqual([2, 6]);
  });

  it('stays padded if they leave gaps', () => {
    const sum = g.add(piece('d', 2, 1), piece('e', 1, 3));
    expect((sum.node as Node<'Pad'>).attributes).toMatchObject({ before: [0, 1], after: [0, 2], value: 0 });
    expect(sum.node!.inputs[0].node!.op).toBe('Concat');
  });

  it('stays a sum if they overlap or do not meet', () => {
    expect(g.add(piece('f', 3, 0), piece('h', 2, 2)).node!.op).toBe('Add');
    expect(g.add(piece('i', 1, 0), piece('j', 2, 3)).node!.op).toBe('Add');
  });

  it('stays a sum if the padding is not zero', () => {
    const ones = (name: string, start: number) => g.pad(g.input(name, 'float32', [3]), [start], [3 - start], 1);
    expect(g.add(ones('k', 0), ones('l', 3)).node!.op).toBe('Add');
  });
});

it('a sum of negatives becomes the negative of a sum', () => {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', [2, 3]);
  expect(g.sum(g.neg(x), [1])).toBe(g.neg(g.sum(x, [1])));
});
