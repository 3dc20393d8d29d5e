import { expect, it } from 'vitest';
import { checksThat, stateOf } from './checkState';

const check = { name: 'symmetry', value: 1, limit: 2, passed: true, detail: '' };
const failed = { ...check, passed: false };
const unjudged = { ...check, judged: false };

it('distinguishes three states and reads reports of earlier versions', () => {
  expect([check, failed, unjudged, { ...check, judged: true }].map(stateOf)).toEqual([
    'passed',
    'failed',
    'unjudged',
    'passed',
  ]);
  expect(checksThat('unjudged', [check, unjudged])).toEqual([unjudged]);
  expect(checksThat('failed')).toEqual([]);
});
