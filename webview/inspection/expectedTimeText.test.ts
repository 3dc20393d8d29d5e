import { expect, it } from 'vitest';
import { PARTS } from '../../src/options/options';
import type { ExpectedTime } from '../../src/protocol/configure';
import { expectedTimeText } from './expectedTimeText';

const expected: ExpectedTime = {
  quick: { samples: 512, seconds: 3 },
  standard: { samples: 60_000, seconds: 180 },
  thorough: { samples: 60_000, seconds: 3600 },
};

it('tells the time for the samples and parts that are chosen', () => {
  expect(expectedTimeText(expected, 'quick', PARTS)).toBe('Takes a few seconds for 512 samples and all parts.');
  expect(expectedTimeText(expected, 'standard', ['loss', 'plane'])).toBe(
    'Takes about 3 min for 60,000 samples and these parts.',
  );
  expect(expectedTimeText({ ...expected, quick: { samples: 1, seconds: 1 } }, 'quick', ['loss'])).toBe(
    'Takes a few seconds for 1 sample and this part.',
  );
});

it('says nothing where the time cannot be told, and asks for a part where none is chosen', () => {
  expect(expectedTimeText(null, 'quick', PARTS)).toBe('');
  expect(expectedTimeText(expected, 'quick', [])).toBe('Choose at least one part.');
});
