import { expect, test } from 'vitest';
import { byName } from './byName';
import { FIXED, WEIGHTS } from '../model/parameterRoles';
import { isQuantizedForm } from '../model/quantized/operators';
import { loweringOf, unrollingOf } from '../lower/table';

/** Every name that an object of the language answers to. */
const INHERITED = Object.getOwnPropertyNames(Object.prototype);

test('a table finds only its own entries', () => {
  const table: Record<string, number> = byName({ a: 1 });
  expect([table.a, ...INHERITED.map((name) => table[name])]).toEqual([1, ...INHERITED.map(() => undefined)]);
});

test.each(INHERITED)('an operator called «%s» is unknown', (op) => {
  for (const domain of ['', 'com.microsoft', 'ai.onnx.ml', op]) {
    expect(loweringOf({ op, domain })).toBeUndefined();
    expect(unrollingOf({ op, domain })).toBeUndefined();
  }
  expect(isQuantizedForm({ name: op, op, domain: '', inputs: [], outputs: ['y'], attributes: {} })).toBe(false);
  expect(WEIGHTS[op]).toBeUndefined();
  expect(FIXED[op]).toBeUndefined();
});
