import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { cellsOf, operatorRows } from './operatorTable';

test('docs/operators.md lists exactly the operators that are lowered (else: npm run conformance -- --table)', async () => {
  const page = await readFile('docs/operators.md', 'utf8');
  const listed = page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map(cellsOf)
    .map(([operator, gradient, hessian, , note]) => ({ operator, gradient, hessian, note }));
  expect(listed).toEqual(operatorRows());
});
