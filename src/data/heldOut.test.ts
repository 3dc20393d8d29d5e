import { expect, it } from 'vitest';
import { tensor } from '../graph/tensor';
import type { Dataset } from './dataset';
import { heldOut } from './heldOut';

function data(source: string, rest: Partial<Dataset> = {}): Dataset {
  return {
    inputs: { x: tensor('float32', [2, 3], [1, 2, 3, 4, 5, 6]) },
    target: tensor('int64', [2], [0, 1]),
    samples: 2,
    source,
    sha256: '',
    generated: false,
    targetIsModelOutput: false,
    notes: [],
    ...rest,
  };
}

it('gives classes the numbers that their names have in the training data', () => {
  const training = data('train.csv', { classNames: ['ant', 'bee', 'cat'] });
  const test = data('test.csv', { classNames: ['ant', 'cat'] });
  expect([...(heldOut(test, training).target!.data as BigInt64Array)]).toEqual([0n, 2n]);
  expect(heldOut(data('test.npz'), data('train.npz')).target).toEqual(data('').target);
});

it('names a class that the training data do not have', () => {
  const training = data('train.csv', { classNames: ['ant', 'bee'] });
  const test = data('test.csv', { classNames: ['ant', 'dog'] });
  expect(() => heldOut(test, training)).toThrow('no class «dog»');
  expect(() => heldOut(data('test.npz'), training)).toThrow('numbers in the test data, but names in the training data');
});

it('refuses samples of another shape, and another value for all samples', () => {
  const wide = data('test.npz', { inputs: { x: tensor('float32', [1, 4], [1, 2, 3, 4]) }, samples: 1 });
  expect(() => heldOut(wide, data('train.npz'))).toThrow('samples of shape [4] for «x»');
  const shared = (value: number) => data('data.npz', { shared: { t: tensor('float32', [], [value]) } });
  expect(() => heldOut(shared(2), shared(1))).toThrow('«t» has one value for all samples');
  expect(heldOut(shared(1), shared(1)).samples).toBe(2);
});
