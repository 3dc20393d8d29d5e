import { expect, it } from 'vitest';
import { jvp, vjp } from '../../src/autodiff/differentiate';
import { guard } from '../../src/autodiff/guards/guard';
import { vmap } from '../../src/autodiff/vmap';
import { Engine } from '../../src/engine/engine';
import { GraphBuilder } from '../../src/graph/builder';
import type { Value } from '../../src/graph/graph';
import { LowerContext } from '../../src/lower/context';
import type { SourceAttribute } from '../../src/graph/source';
import { loweringOf } from '../../src/lower/table';
import { tensor } from '../../src/graph/tensor';

/** Builds operators of a model and core operators. */
export interface Writing {
  g: GraphBuilder;
  /** The first output of a model's operator, lowered. */
  op: (name: string, inputs: readonly (Value | number[])[], attributes?: Readonly<Record<string, number>>) => Value;
  /** A constant of the precision of this test. */
  of: (numbers: readonly number[], shape?: readonly number[]) => Value;
}

/**
 * A point at which the formula of a derivative may fail although the function has a derivative, or PyTorch defines one.
 */
export interface SingularPoint {
  at: readonly number[];
  shape?: readonly number[];
  /** Builds the function in a graph. */
  graph: (writing: Writing, x: Value) => Value;
  /** The same function of float64 numbers. Differences give its derivatives, unless they are stated below. */
  is: (x: readonly number[]) => readonly number[];
  /** First and second derivatives of Σ yᵢ where the function has a kink, as PyTorch defines them. */
  gradient?: readonly number[];
  hessian?: readonly (readonly number[])[];
  /** Step of the differences, where the function bends on a smaller scale than 1. */
  step?: number;
}

const PRECISIONS = ['float64', 'float32'] as const;
type Precision = (typeof PRECISIONS)[number];

/** Checks value, gradient, Hessian (forward over reverse) and curvature (forward mode) of Σ yᵢ at such a point. */
export function checkSingular(name: string, point: SingularPoint): void {
  for (const precision of PRECISIONS) {
    it(`${name}, ${precision}`, async () => {
      const found = await figures(point, precision);
      // Some operators have only float32 kernels.
      if (!found) return;
      const { at, is, step = 1e-2 } = point;
      const total = (x: readonly number[]) => is(x).reduce((sum, y) => sum + y, 0);
      const wanted = {
        gradient: point.gradient ?? firstDifferences(total, at, step),
        hessian: point.hessian ?? secondDifferences(total, at, step),
      };
      const direction = at.map((_, i) => 1 + i / 2);
      const along = wanted.hessian.map((row) => dot(row, direction));
      expectClose(found.y, is(at), precision, 'value');
      expectClose(found.gradient, wanted.gradient, precision, 'gradient');
      expectClose(found.hessian, wanted.hessian.flat(), precision, 'Hessian');
      expectClose(found.curvature, [dot(along, direction)], precision, 'curvature by forward mode');
      expect(found.gaussNewton.every(Number.isFinite), 'Gauss-Newton product is finite').toBe(true);
    });
  }
}

async function figures({ at, shape = [at.length], graph }: SingularPoint, precision: Precision) {
  const g = new GraphBuilder();
  const x = g.input('x', precision, shape);
  const raw = graph(writingOn(g, precision), x);
  const y = guard(g, [raw], { wrt: [x] })(raw);
  const dim = at.length;
  const constant = (of: readonly number[], numbers: readonly number[]) => g.constant(tensor(precision, of, numbers));
  const loss = g.sum(y);
  const gradient = vjp(g, [loss], [g.like(loss, 1)], [x])[0] ?? g.scale(x, 0);
  const v = g.input('v', precision, shape);
  const product = jvp(g, [gradient], [x], [v])[0] ?? g.scale(v, 0);
  const outer = vjp(g, [y], [jvp(g, [y], [x], [v])[0]], [x])[0] ?? g.scale(v, 0);
  const units = constant(
    [dim, ...shape],
    Array.from({ length: dim * dim }, (_, i) => Number(i % (dim + 1) === 0)),
  );
  const [hessian, gaussNewton] = vmap(g, [product, outer], new Map([[v, units]]), dim);
  const direction = constant(
    shape,
    at.map((_, i) => 1 + i / 2),
  );
  const [slope] = jvp(g, [loss], [x], [direction]);
  const curvature = (slope && jvp(g, [slope], [x], [direction])[0]) ?? g.scale(loss, 0);
  const engine = new Engine({ provider: 'cpu', threads: 1 });
  try {
    const outputs = { y: raw, gradient, hessian, curvature, gaussNewton };
    const program = await engine.compile(g, { inputs: { x }, outputs, constants: new Map() });
    const found = await program.run({ x: tensor(precision, shape, at) });
    const of = (key: keyof typeof outputs) => Array.from(found[key].data as Float64Array);
    return {
      y: of('y'),
      gradient: of('gradient'),
      hessian: of('hessian'),
      curvature: of('curvature'),
      gaussNewton: of('gaussNewton'),
    };
  } catch (fault) {
    if (precision === 'float64' && /find an implementation/.test(String(fault))) return null;
    throw fault;
  } finally {
    await engine.dispose();
  }
}

function writingOn(g: GraphBuilder, precision: Precision): Writing {
  return {
    g,
    of: (numbers, shape = [numbers.length]) => g.constant(tensor(precision, shape, numbers)),
    op(name, inputs, attributes = {}) {
      const node = {
        name: `the ${name}`,
        op: name,
        domain: '',
        inputs: inputs.map((_, i) => `x${i}`),
        outputs: ['y'],
        attributes: Object.fromEntries(
          Object.entries(attributes).map(([key, value]): [string, SourceAttribute] => [
            key,
            { kind: Number.isInteger(value) ? 'int' : 'float', value },
          ]),
        ),
      };
      const values = inputs.map((input) => (Array.isArray(input) ? g.indices(input) : input));
      const lowering = loweringOf(node);
      if (!lowering) throw new Error(`${name} has no lowering`);
      const results = lowering(new LowerContext(g, node, values, 18));
      return (Array.isArray(results) ? results[0] : results) as Value;
    },
  };
}

/** A finite difference: steps along one variable, with the weights of the values there. */
type Stencil = readonly (readonly [steps: number, weight: number])[];
/** Fourth-order central difference, with a remainder of order h⁴. */
const SLOPE: Stencil = [
  [-2, 1 / 12],
  [-1, -2 / 3],
  [1, 2 / 3],
  [2, -1 / 12],
];

type F = (x: readonly number[]) => number;
const moved = (x: readonly number[], i: number, by: number) => x.map((value, k) => (k === i ? value + by : value));
const difference = (f: F, x: readonly number[], i: number, h: number) =>
  SLOPE.reduce((sum, [steps, weight]) => sum + (weight * f(moved(x, i, steps * h))) / h, 0);
const firstDifferences = (f: F, x: readonly number[], h: number) => x.map((_, i) => difference(f, x, i, h));
const secondDifferences = (f: F, x: readonly number[], h: number) =>
  x.map((_, i) => x.map((__, j) => difference((at) => difference(f, at, j, h), x, i, h)));

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);

function expectClose(found: readonly number[], wanted: readonly number[], precision: Precision, what: string): void {
  expect(found.length, what).toBe(wanted.length);
  const size = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const worst = found.reduce((most, value, i) => {
    const off = Object.is(value, wanted[i]) ? 0 : Math.abs(value - wanted[i]);
    return Number.isNaN(off) ? Infinity : Math.max(most, off);
  }, 0);
  const limit = precision === 'float64' ? 1e-5 : 1e-4;
  expect(worst / size, `${what}: ${found.join(' ')} against ${wanted.join(' ')}`).toBeLessThan(limit);
}
