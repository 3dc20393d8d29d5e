import type { Tensor } from '../../src/graph/tensor';
import { floats } from '../unit/sourceGraph';
import type { SampleParts } from '../samples/parts';
import { normals, rounded } from '../samples/parts';

/** What a verdict has to be: the verdict itself, or all but one of them. */
export type Expected = 'present' | 'absent' | 'inconclusive' | 'not-present' | 'not-absent';

/** A model whose difficulties are known by construction, in closed form or by a computation in float64. */
export interface Trouble extends SampleParts {
  /** Why its verdicts are known. */
  says: string;
  /** Verdicts by id of their diagnostic; others are open. */
  expect: Readonly<Record<string, Expected>>;
}

/** Whether a verdict is as expected. A missing verdict is so only if it must not be present. */
export function isExpected(verdict: string | undefined, expected: Expected): boolean {
  if (expected.startsWith('not-'))
    return verdict !== expected.slice(4) && (verdict !== undefined || expected === 'not-present');
  return verdict === expected;
}

/** Normal numbers as a tensor, with a stream of their own. */
export function normalTensor(stream: string, shape: readonly number[], deviation = 1): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return floats(
    normals(size, stream).map((value) => rounded(value * deviation)),
    shape,
  );
}

/** The tensor with every element replaced. */
export function mapped({ shape, data }: Tensor, change: (value: number, at: number) => number): Tensor {
  return floats(
    Array.from({ length: data.length }, (_, at) => change(Number(data[at]), at)),
    shape,
  );
}

/** Verdicts of a network in which nothing is wrong, before it is trained. */
export const HEALTHY: Trouble['expect'] = {
  'critical-point': 'absent',
  saddle: 'absent',
  minimum: 'absent',
  'flat-region': 'absent',
  'vanishing-gradient': 'absent',
  'exploding-gradient': 'absent',
  symmetry: 'absent',
  rescaling: 'absent',
  'dead-units': 'absent',
  saturation: 'absent',
  initialization: 'absent',
  'numerical-trouble': 'absent',
};
