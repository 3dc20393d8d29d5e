import { expect, it } from 'vitest';
import { random } from '../../numerics/random';
import { SumTree } from './sumTree';

const leaf = (index: number) => {
  const source = random(index, 'leaf');
  return Float32Array.from({ length: 50 }, () => source.normal() * 10 ** (index % 5));
};
const node = (index: number) => ({ level: 0, index, vectors: [leaf(index)] });

/** The sum over all leaves where ranks add their own first. */
function summed(leaves: number, ranks: number, order: (all: number[]) => number[]): Float32Array {
  const tree = new SumTree(leaves);
  for (const rank of order(Array.from({ length: ranks }, (_, r) => r))) {
    const own = new SumTree(leaves);
    const from = Math.floor((rank * leaves) / ranks);
    const to = Math.floor(((rank + 1) * leaves) / ranks);
    for (const index of order(Array.from({ length: to - from }, (_, i) => from + i))) own.add(node(index));
    for (const part of own.parts) tree.add(part);
  }
  return tree.total[0];
}

it.each([1, 2, 3, 5, 8, 13])('of %i leaves has the same bits, whoever adds which and in whichever order', (leaves) => {
  const expected = summed(leaves, 1, (all) => all);
  for (const ranks of [1, 2, 3, 4]) {
    expect(summed(leaves, ranks, (all) => all)).toEqual(expected);
    expect(summed(leaves, ranks, (all) => all.reverse())).toEqual(expected);
  }
  for (let i = 0; i < 50; i++) {
    const exact = Array.from({ length: leaves }, (_, s) => leaf(s)[i]).reduce((sum, value) => sum + value, 0);
    expect(Math.abs(expected[i] - exact)).toBeLessThanOrEqual(2 ** -23 * Math.abs(exact) + 1e-9);
  }
});

it('is told by a rank with consecutive leaves in few vectors', () => {
  const tree = new SumTree(16);
  for (let index = 8; index < 16; index++) tree.add(node(index));
  expect(tree.parts.map(({ level, index }) => [level, index])).toEqual([[3, 1]]);
});

it('refuses to be read while a leaf is missing', () => {
  const tree = new SumTree(3);
  tree.add(node(0));
  tree.add(node(2));
  expect(() => tree.total).toThrow('A shard gave no sum');
});
