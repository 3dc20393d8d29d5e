import { afterAll, describe, expect, it } from 'vitest';
import { bothHeads, figuresOf, spelledData, spelledModel } from '../../test/unit/spelledModel';
import type { SpelledFigures } from '../../test/unit/spelledModel';
import type { Spelling } from '../../test/unit/spellings';
import { BINARY, CATEGORICAL, KEPT, NUMBERS_ALONE } from '../../test/unit/spellings';
import { Engine } from '../engine/engine';

const engine = new Engine({ provider: 'cpu', threads: 1 });
afterAll(() => engine.dispose());

/** float32 products and sums in another order. */
const ROUNDING = 2e-5;
const SATURATED = 60;

function expectSame(found: SpelledFigures, plain: SpelledFigures, tolerance: number) {
  expect(Math.abs(found.loss / plain.loss - 1)).toBeLessThan(tolerance);
  for (const key of ['gradient', 'hessian', 'gaussNewton'] as const) {
    const size = Math.max(...plain[key].map(Math.abs));
    const error = Math.max(...plain[key].map((value, i) => Math.abs(value - found[key][i])));
    expect(error, key).toBeLessThan(tolerance * size + 1e-12);
  }
}

/** The same loss, gradient, Hessian and Gauss-Newton product as of the logits that the spelling hides. */
async function checkSpelling(spelling: Spelling, loss: 'cross_entropy' | 'bce'): Promise<void> {
  const model = await spelledModel(spelling, engine);
  const isLog = model.prediction.kind === 'logProbabilities';
  const heads = bothHeads(model, isLog ? 'nll' : loss);
  expect(model.prediction.logits).not.toBeNull();
  const [[moderate, plain], [extreme, plainExtreme]] = await figuresOf(model, heads, [1, SATURATED], engine);
  const { tolerance = 0 } = spelling;
  // The smallest probability there is about a thousandth.
  expectSame(moderate, plain, ROUNDING + 2e3 * tolerance);
  if (tolerance === 0) expectSame(extreme, plainExtreme, ROUNDING);
  const all = [extreme.loss, ...extreme.gradient, ...extreme.hessian, ...extreme.gaussNewton];
  expect(all.every(Number.isFinite)).toBe(true);
}

describe('classes', () => {
  it.each(CATEGORICAL.map((spelling) => [spelling.name, spelling] as const))('%s', (_, spelling) =>
    checkSpelling(spelling, 'cross_entropy'),
  );
});

describe('binary outputs', () => {
  it.each(BINARY.map((spelling) => [spelling.name, spelling] as const))('%s', (_, spelling) =>
    checkSpelling(spelling, 'bce'),
  );
});

/** ∂loss/∂W by central differences of a loss in float64 arithmetic of its own. */
function differences(loss: (w: readonly number[]) => number, w: readonly number[]): number[] {
  const h = 1e-5;
  return w.map((_, i) => {
    const at = (step: number) => loss(w.map((each, j) => (j === i ? each + step : each)));
    return (at(h) - at(-h)) / (2 * h);
  });
}

describe('probabilities that are used as written', () => {
  it.each(KEPT.map((spelling) => [spelling.name, spelling] as const))('%s', async (_, spelling) => {
    const model = await spelledModel(spelling, engine);
    const { closedForm } = spelling;
    const heads = bothHeads(model, spelling.loss);
    const [[found], [extreme]] = await figuresOf(model, heads, [1, SATURATED], engine);
    const data = spelledData(model);
    const labels = spelling.loss === 'bce' ? data.yesOf : data.classOf;
    const loss = (w: readonly number[]) => {
      const losses = data.rows(w).flatMap((z, row) => closedForm(z, labels(row)));
      return losses.reduce((sum, each) => sum + each, 0) / losses.length;
    };
    expect(found.loss / loss(data.w)).toBeCloseTo(1, 5);
    const gradient = differences(loss, data.w);
    const size = Math.max(...gradient.map(Math.abs));
    gradient.forEach((each, i) => expect(Math.abs(found.gradient[i] - each)).toBeLessThan(1e-4 * size));
    const all = [extreme.loss, ...extreme.gradient, ...extreme.hessian, ...extreme.gaussNewton];
    expect(all.every(Number.isFinite)).toBe(true);
  });
});

it.each(NUMBERS_ALONE.map((spelling) => [spelling.name, spelling] as const))(
  'does not read %s as a distribution',
  async (_, spelling) => {
    expect((await spelledModel(spelling, engine)).prediction.kind).toBe('numbers');
  },
);
