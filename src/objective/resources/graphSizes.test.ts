import { expect, test } from 'vitest';
import { GraphSizes } from './graphSizes';

const density = (vectors: number, calls: number) => ({ longRun: { vectors, calls } });
/** Forward passes of the fixtures and of a large network. */
const resnet = { flops: 5.7e8, operators: 60, dim: 44e3, factor: 5e3 };
const lstm = { flops: 2.2e8, operators: 400, dim: 8e3, factor: 4e3 };
const large = { flops: 5e11, operators: 170, dim: 25e6, factor: 7e5 };

test('vectors that are pushed together often get a graph, others of a small model go one by one', () => {
  const sizes = new GraphSizes({ ...resnet, ...density(3, 60) });
  expect([1, 2, 3, 4, 8].map((count) => sizes.ofProducts(count))).toEqual([[1], [1, 1], [3], [3, 1], [3, 3, 1, 1]]);
  expect(sizes.ofOthers(3)).toEqual([1, 1, 1]);
});

test('not even those where a graph takes longer to make than it saves', () => {
  expect(new GraphSizes({ ...lstm, ...density(2, 30) }).ofProducts(2)).toEqual([1, 1]);
  expect(new GraphSizes({ ...lstm, ...density(3, 60) }).ofProducts(3)).toEqual([3]);
});

test('products that take longer than making a graph are all made together', () => {
  const sizes = new GraphSizes({ ...large, factor: 5e3, ...density(2, 30) });
  expect([sizes.ofProducts(6), sizes.ofOthers(8)]).toEqual([[6], [8]]);
});

test('wide products go one by one: together they share nothing and crowd the caches', () => {
  const sizes = new GraphSizes({ ...large, ...density(2, 30) });
  expect([sizes.ofProducts(3), sizes.ofOthers(2)]).toEqual([
    [1, 1, 1],
    [1, 1],
  ]);
});

test('no vector is lost', () => {
  for (let count = 1; count <= 20; count++) {
    for (const sizes of [GraphSizes.any, new GraphSizes({ ...resnet, ...density(5, 200) })]) {
      for (const parts of [sizes.ofProducts(count), sizes.ofOthers(count)])
        expect(parts.reduce((sum, size) => sum + size, 0)).toBe(count);
    }
  }
});
