import { expect, test } from 'vitest';
import { nearest, parseOptions } from './parse';

test('accepts valid options and drops comments', () => {
  const given = { data: 'a.npz', samples: 3, only: ['loss'], weightDecay: 0, line: ['top/1'], $schema: 'x', _note: 1 };
  expect(parseOptions(given, 'file')).toEqual({
    data: 'a.npz',
    samples: 3,
    only: ['loss'],
    weightDecay: 0,
    line: ['top/1'],
  });
});

test('a single text counts as a list of one', () => {
  expect(parseOptions({ failOn: 'saddle', only: 'loss' }, 'file')).toEqual({ failOn: ['saddle'], only: ['loss'] });
});

test.each([
  [{ losss: 'mse' }, 'There is no option «losss».', 'Did you mean «loss»?'],
  [{ lanczos_steps: 3 }, 'There is no option «lanczos_steps».', 'Did you mean «lanczosSteps»?'],
  [{ zebra: 3 }, 'There is no option «zebra».', 'Options are data, testData, input'],
  [
    { loss: 'crossentropy' },
    '«loss» cannot be «crossentropy».',
    'Did you mean «cross_entropy»? Allowed are cross_entropy, nll',
  ],
  [{ loss: 3 }, '«loss» cannot be 3.', 'Allowed are'],
  [{ samples: 0 }, '«samples» must be a whole number from 1 up, not 0.', 'first N samples'],
  [{ samples: '7' }, '«samples» must be a whole number from 1 up, not «7».', 'lenet.landscape.json'],
  [{ seed: -1 }, 'a whole number from 0 to 2147483647', 'lenet.landscape.json'],
  [{ weightDecay: NaN }, '«weightDecay» must be a number from 0 up, not NaN.', 'lenet.landscape.json'],
  [{ only: ['loss', 'lines', 'hessian'] }, '«only» cannot be «hessian».', 'lenet.landscape.json'],
  [{ input: { a: null } }, '«input» must be an object of texts', 'lenet.landscape.json'],
  [{ plane: ['random'] }, 'A plane needs two directions', 'lenet.landscape.json'],
  [{ quiet: 'yes' }, '«quiet» must be true or false', 'lenet.landscape.json'],
])('refuses %j', (given, what, action) => {
  expect(() => parseOptions(given, 'lenet.landscape.json')).toThrow(what);
  expect(() => parseOptions(given, 'lenet.landscape.json')).toThrow(action);
});

test.each([null, [], 'x', 3])('refuses %j in place of an object', (given) => {
  expect(() => parseOptions(given, 'file')).toThrow('Options must be an object');
});

test('suggests nothing for words that are far from everything', () => {
  expect(nearest('temperature', ['loss', 'samples'])).toBeNull();
  expect(nearest('Weight-Decay', ['loss', 'weightDecay'])).toBe('weightDecay');
});
