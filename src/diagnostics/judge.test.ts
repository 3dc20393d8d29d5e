import { expect, it } from 'vitest';
import { MEANINGS } from '../options/meanings';
import { VERDICTS } from '../options/options';
import { DIAGNOSTICS } from './judge';

it('gives the verdicts that "failOn" names, in their order and by their titles', () => {
  expect(DIAGNOSTICS.map(({ id }) => id)).toEqual(VERDICTS);
  expect(Object.fromEntries(DIAGNOSTICS.map(({ id, title }) => [id, title]))).toEqual(MEANINGS.failOn);
});
