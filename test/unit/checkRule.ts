import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, it } from 'vitest';
import { jvp, vjp } from '../../src/autodiff/differentiate';
import { vmap } from '../../src/autodiff/vmap';
import type { Program } from '../../src/engine/program';
import { Engine } from '../../src/engine/engine';
import { GraphBuilder } from '../../src/graph/builder';
import type { Value } from '../../src/graph/graph';
import type { Op, OpAttributes } from '../../src/graph/ops';
import type { DType, Tensor } from '../../src/graph/tensor';
import { isFloat, sizeOf, tensor } from '../../src/graph/tensor';

/** An operand. Floats are differentiated; integers and booleans are not. */
export interface Operand {
  shape: readonly number[];
  values: readonly number[];
  dtype: 'float' | 'int64' | 'int32' | 'bool';
}

/** One for each test file, since files share a process: a file draws the same numbers whichever ran before it. */
const generators = new Map<string | undefined, ReturnType<typeof xoroshiro128plus>>();
function uniform(): number {
  const { testPath } = expect.getState();
  const generator = generators.get(testPath) ?? xoroshiro128plus(20261122);
  generators.set(testPath, generator);
  return ((generator.next() >>> 0) + 0.5) / 2 ** 32;
}
const gaussian = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
const fill = (shape: readonly number[], next: () => number): Operand => ({
  shape,
  values: Array.from({ length: sizeOf(shape) }, next),
  dtype: 'float',
});

export const normal = (shape: readonly number[]) => fill(shape, gaussian);
/** Numbers between 0.5 and 2.5, for logarithms, roots and divisors. */
export const positive = (shape: readonly number[]) => fill(shape, () => 0.5 + 2 * uniform());
/** Numbers at least 0.3 from zero, so that a central difference does not step over a kink there. */
export const awayFromZero = (shape: readonly number[]) =>
  fill(shape, () => (uniform() < 0.5 ? -1 : 1) * (0.3 + uniform()));
/** Numbers between −0.5 and 0.5: well inside the domain of arcsin and artanh, even after the steps of a difference. */
export const inside = (shape: readonly number[]) => fill(shape, () => uniform() - 0.5);
/** Numbers that all differ by at least 0.3, for maxima and orders, which change where two values meet. */
export function distinct(shape: readonly number[]): Operand {
  const order = Array.from({ length: sizeOf(shape) }, (_, i) => ({ i, key: uniform() })).sort((a, b) => a.key - b.key);
  const values = order.map(() => 0);
  for (const [rank, { i }] of order.entries()) values[i] = 0.3 * (rank - order.length / 2);
  return { shape, values, dtype: 'float' };
}
export const values = (list: readonly number[], shape: readonly number[] = [list.length]): Operand => ({
  shape,
  values: list,
  dtype: 'float',
});
export const integers = (list: readonly number[], shape: readonly number[] = [list.length]): Operand => ({
  shape,
  values: list,
  dtype: 'int64',
});
export const booleans = (list: readonly number[], shape: readonly number[] = [list.length]): Operand => ({
  shape,
  values: list,
  dtype: 'bool',
});

/**
 * Tests an operator's derivative without restating its formula. It
 * - compares the tangent with fourth-order central differences,
 * - checks the adjoint identity ⟨ȳ, J·ẋ⟩ = ⟨Jᵀ·ȳ, ẋ⟩,
 * - does both again for the derivative graph (x, ȳ) ↦ Jᵀ·ȳ, which makes Hessian products exact,
 * - compares three operand sets stacked through `vmap` with one at a time, stacking the tangents alone and then all
 *   operands.
 * It computes in float64 where the CPU has the kernels, else in float32.
 */
export function checkRule<O extends Op>(
  op: O,
  operands: readonly Operand[],
  attributes: OpAttributes[O] = {} as never,
): void {
  const shapes = operands.map(({ shape }) => `[${shape.join()}]`).join(', ');
  it(`${op} of ${shapes} ${JSON.stringify(attributes) === '{}' ? '' : JSON.stringify(attributes)}`, () =>
    checkFunction((g, inputs) => g.apply(op, inputs, attributes), operands));
}

/** Tests the derivative of any expression of the builder as `checkRule` tests an operator's. */
export async function checkFunction(
  build: (g: GraphBuilder, inputs: readonly Value[]) => Value,
  operands: readonly Operand[],
): Promise<void> {
  try {
    await checkIn('float64', build, operands);
  } catch (fault) {
    if (!/find an implementation/.test(String(fault))) throw fault;
    await checkIn('float32', build, operands);
  }
}

const STEP = { float64: 2e-3, float32: 0.04 };
/** Rounding error over step, plus the fourth-order remainder for functions whose derivatives are of order one. */
const TOLERANCE = { float64: 2e-7, float32: 1e-3 };
const RUNS = 3;

type Precision = 'float64' | 'float32';
type Point = Record<string, Tensor>;

async function checkIn(
  precision: Precision,
  build: (g: GraphBuilder, inputs: readonly Value[]) => Value,
  operands: readonly Operand[],
): Promise<void> {
  const g = new GraphBuilder();
  const inputs = operands.map(({ dtype, shape }, i) => g.input(`x${i}`, dtype === 'float' ? precision : dtype, shape));
  const moving = inputs.filter(({ dtype }) => isFloat(dtype));
  const y = build(g, inputs);
  const yBar = g.input('yBar', precision, y.shape);
  const xBars = vjp(g, [y], [yBar], moving).map((bar, i) => bar ?? zerosLike(g, moving[i]));

  const engine = new Engine({ provider: 'cpu', threads: 1 });
  try {
    const at: Point = Object.fromEntries([
      ...inputs.map((input, i) => [input.name, tensor(input.dtype, input.shape, operands[i].values)]),
      ['yBar', random(precision, y.shape)],
    ]);
    const first = { g, engine, precision, at, fixed: inputs };
    await checkDerivative({ ...first, outputs: [y], moving });
    await checkDerivative({ ...first, outputs: xBars, moving: [...moving, yBar] });
    await checkStacking({ ...first, outputs: [y, ...xBars], moving: [...moving, yBar] });
  } finally {
    await engine.dispose();
  }
}

interface Check {
  g: GraphBuilder;
  engine: Engine;
  precision: Precision;
  /** The values of all inputs. */
  at: Point;
  outputs: Value[];
  /** The inputs that are differentiated. */
  moving: Value[];
  fixed: readonly Value[];
}

async function checkDerivative({ g, engine, precision, at, outputs, moving, fixed }: Check): Promise<void> {
  const dots = moving.map((x, i) => g.input(`dot${i}`, x.dtype, x.shape));
  const bars = outputs.map((y, i) => g.input(`bar${i}`, y.dtype, y.shape));
  const outputDots = jvp(g, outputs, moving, dots).map((dot, i) => dot ?? zerosLike(g, outputs[i]));
  const inputBars = vjp(g, outputs, bars, moving).map((bar, i) => bar ?? zerosLike(g, moving[i]));
  const primalInputs = byName([...new Set([...fixed, ...moving])]);
  const primal = await engine.compile(g, {
    inputs: primalInputs,
    outputs: numbered('y', outputs),
    constants: new Map(),
  });
  const derivative = await engine.compile(g, {
    inputs: { ...primalInputs, ...byName(dots), ...byName(bars) },
    outputs: { ...numbered('yDot', outputDots), ...numbered('xBar', inputBars) },
    constants: new Map(),
  });

  const point = Object.fromEntries(Object.keys(primalInputs).map((name) => [name, at[name]]));
  const direction = Object.fromEntries(dots.map((dot) => [dot.name!, random(precision, dot.shape)]));
  const weights = Object.fromEntries(bars.map((bar) => [bar.name!, random(precision, bar.shape)]));
  const found = await derivative.run({ ...point, ...direction, ...weights });

  const differences = await centralDifferences(primal, point, moving, direction, STEP[precision], outputs.length);
  for (const [i, difference] of differences.entries()) {
    const dot = floats(found[`yDot${i}`]);
    expectClose(
      dot,
      difference,
      TOLERANCE[precision],
      `output ${i} of ${outputs.length}: tangent and central difference`,
    );
  }
  const left = sum(outputs.map((_, i) => inner(weights[`bar${i}`], found[`yDot${i}`])));
  const right = sum(moving.map((_, i) => inner(direction[`dot${i}`], found[`xBar${i}`])));
  const size = Math.max(1, ...outputs.map((_, i) => norm(weights[`bar${i}`]) * norm(found[`yDot${i}`])));
  expect(Math.abs(left - right) / size, 'adjoint identity').toBeLessThan(precision === 'float64' ? 1e-11 : 3e-5);
}

/** Fourth-order central differences (8·(f(x+h) − f(x−h)) − (f(x+2h) − f(x−2h))) / 12h. */
async function centralDifferences(
  program: Program,
  point: Point,
  moving: readonly Value[],
  direction: Point,
  h: number,
  count: number,
): Promise<number[][]> {
  const weights: [number, number][] = [
    [1, 8],
    [-1, -8],
    [2, -1],
    [-2, 1],
  ];
  const sums: number[][] = Array.from({ length: count }, () => []);
  for (const [steps, weight] of weights) {
    const moved = { ...point };
    for (const [i, x] of moving.entries()) {
      const by = floats(direction[`dot${i}`]);
      moved[x.name!] = tensor(
        x.dtype,
        x.shape,
        floats(point[x.name!]).map((v, k) => v + steps * h * by[k]),
      );
    }
    const results = await program.run(moved);
    for (let i = 0; i < count; i++) {
      for (const [k, v] of floats(results[`y${i}`]).entries()) sums[i][k] = (sums[i][k] ?? 0) + (weight * v) / (12 * h);
    }
  }
  return sums;
}

/** Compares stacks of operand sets with one set at a time, stacking all operands and then each alone. */
async function checkStacking({ g, engine, precision, at, outputs, moving, fixed }: Check): Promise<void> {
  const all = [...new Set([...fixed, ...moving])];
  const single = await engine.compile(g, {
    inputs: byName(all),
    outputs: numbered('y', outputs),
    constants: new Map(),
  });
  const choices = moving.length > 1 ? [moving, ...moving.map((x) => [x])] : [moving];
  for (const [choice, stackedInputs] of choices.entries()) {
    const stacks = new Map(
      stackedInputs.map((x) => [x, g.input(`${x.name}_stack${choice}`, x.dtype, [RUNS, ...x.shape])]),
    );
    const stacked = vmap(g, outputs, stacks, RUNS);
    const free = all.filter((x) => !stacks.has(x));
    const inputs = { ...byName(free), ...byName([...stacks.values()]) };
    const program = await engine.compile(g, { inputs, outputs: numbered('y', stacked), constants: new Map() });
    // The changes are small, so that the operands stay inside the operator's domain.
    const runs = Array.from({ length: RUNS }, (_, k) =>
      Object.fromEntries(stackedInputs.map((x) => [x.name!, floats(at[x.name!]).map((v) => v * (1 + 0.01 * (k - 1)))])),
    );
    const feeds: Point = Object.fromEntries(free.map((x) => [x.name!, at[x.name!]]));
    for (const [x, stack] of stacks) {
      feeds[stack.name!] = tensor(
        x.dtype,
        stack.shape,
        runs.flatMap((run) => run[x.name!]),
      );
    }
    const together = await program.run(feeds);
    for (const [k, run] of runs.entries()) {
      const point = { ...at };
      for (const x of stackedInputs) point[x.name!] = tensor(x.dtype, x.shape, run[x.name!]);
      const alone = await single.run(Object.fromEntries(all.map((x) => [x.name!, point[x.name!]])));
      for (const [i, output] of outputs.entries()) {
        const size = sizeOf(output.shape);
        const part = floats(together[`y${i}`]).slice(k * size, (k + 1) * size);
        expectClose(
          part,
          floats(alone[`y${i}`]),
          precision === 'float64' ? 1e-12 : 1e-5,
          `run ${k} of a stack, output ${i}`,
        );
      }
    }
  }
}

function expectClose(actual: number[], expected: number[], tolerance: number, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  const worst = actual.reduce((max, v, i) => {
    const distance = Object.is(v, expected[i]) ? 0 : Math.abs(v - expected[i]);
    return Number.isNaN(distance) ? Infinity : Math.max(max, distance);
  }, 0);
  expect(worst / scale, what).toBeLessThan(tolerance);
}

const zerosLike = (g: GraphBuilder, x: Value) => g.expand(g.like(x, 0), x.shape);
const byName = (list: readonly Value[]) => Object.fromEntries(list.map((value) => [value.name!, value]));
const numbered = (name: string, list: readonly Value[]) =>
  Object.fromEntries(list.map((value, i) => [`${name}${i}`, value]));
const random = (dtype: DType, shape: readonly number[]) => tensor(dtype, shape, normal(shape).values);
const floats = ({ data }: Tensor): number[] => Array.from(data as ArrayLike<number>);
const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
const inner = (a: Tensor, b: Tensor) => sum(floats(a).map((v, i) => v * floats(b)[i]));
const norm = (a: Tensor) => Math.sqrt(inner(a, a));
