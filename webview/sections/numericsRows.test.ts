import { expect, it } from 'vitest';
import { headroomRows, troubleRows } from './numericsRows';

it('names node, problem, sample and what fed the node', () => {
  const overflow = { node: '/Exp', operator: 'Exp', problem: 'infinity', from: 'Add "z"', value: Infinity } as const;
  const rows = troubleRows([
    { ...overflow, samples: 'sample 3', deed: 'overflows at 200', reaches: true },
    { ...overflow, node: 'x', operator: 'input', problem: 'little headroom', value: 1e38, factor: 3.4, reaches: false },
  ]);
  expect(rows).toEqual([
    ['Exp "/Exp"', 'infinity, overflows at 200, sample 3', 'Add "z"', '∞'],
    ['input «x»', 'little headroom: factor 3.4', 'Add "z"', '1 × 10³⁸'],
  ]);
});

it('says "none" where the operand is beyond its limit', () => {
  const nodes = [{ node: 'e', operator: 'Exp', factor: 0, operand: 100, limit: 88.7228 }];
  expect(headroomRows({ samples: 1, of: 1, values: 1, nodes })).toEqual([['Exp "e"', 'none', '100', '88.7']]);
});
