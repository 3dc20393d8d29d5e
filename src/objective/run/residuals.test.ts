import { afterAll, expect, test } from 'vitest';
import { Engine } from '../../engine/engine';
import type { Resident } from '../../engine/resident';
import { GraphBuilder } from '../../graph/builder';
import { tensor } from '../../graph/tensor';
import { KeptResiduals } from './residuals';

const engine = new Engine({ provider: 'cpu', threads: 1 });
afterAll(() => engine.dispose());

const LENGTH = 8;
const BYTES = 4 * LENGTH;

/** A primal program of one residual, x + `added`, that counts its runs. */
async function primalOf(name: string, added: number) {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', [LENGTH]);
  const outputs = { [name]: g.shift(x, added) };
  const program = await engine.compileResident(g, { inputs: { x }, outputs, constants: new Map() });
  const counted = { runs: 0, residuals: new Map([[name, BYTES]]), primal: () => Promise.resolve(watched) };
  const watched: typeof program = { ...program, run: (feeds) => (counted.runs++, program.run(feeds)) };
  return counted;
}

const data = (value: number) => ({ x: tensor('float32', [LENGTH], new Array<number>(LENGTH).fill(value)) });
const first = (residuals: Readonly<Record<string, Resident>>) =>
  Promise.all(Object.values(residuals).map(async (residual) => Number((await residual.read()).data[0])));

test('residuals that fit are computed once, the others for each product', async () => {
  const programs = await primalOf('r', 1);
  const kept = new KeptResiduals(2 * BYTES);
  for (let product = 0; product < 3; product++) {
    for (const batch of [0, 1, 2]) expect(await kept.with(batch, data(batch), programs, first)).toEqual([batch + 1]);
  }
  expect(programs.runs).toBe(2 + 3);
});

test('what another kind of product left makes way', async () => {
  const [hessian, gaussNewton] = [await primalOf('h', 1), await primalOf('g', 2)];
  const kept = new KeptResiduals(BYTES);
  await kept.with(0, data(0), hessian, first);
  for (let product = 0; product < 2; product++) await kept.with(0, data(0), gaussNewton, first);
  expect(gaussNewton.runs).toBe(1);
  await kept.with(0, data(0), hessian, first);
  expect(hessian.runs).toBe(2);
});

test('what is not kept ends with its use, what is kept with the objective', async () => {
  const programs = await primalOf('r', 1);
  const kept = new KeptResiduals(BYTES);
  const residentOf = (batch: number) => kept.with(batch, data(batch), programs, ({ r }) => Promise.resolve(r));
  const [held, passing] = [await residentOf(0), await residentOf(1)];
  expect([held.disposed, passing.disposed]).toEqual([false, true]);
  await expect(kept.with(2, data(2), programs, () => Promise.reject(new Error('stopped')))).rejects.toThrow('stopped');
  kept.clear();
  expect(held.disposed).toBe(true);
});

test('residuals that ended with their program are computed again, and their bytes are free', async () => {
  const [hessian, gaussNewton] = [await primalOf('h', 1), await primalOf('g', 2)];
  const kept = new KeptResiduals(BYTES);
  const residual = await kept.with(0, data(0), hessian, ({ h }) => Promise.resolve(h));
  residual.dispose();
  for (let product = 0; product < 2; product++) {
    expect(await kept.with(1, data(1), gaussNewton, first)).toEqual([3]);
  }
  expect(gaussNewton.runs).toBe(1);
  expect(await kept.with(0, data(0), hessian, first)).toEqual([1]);
});
