import { expect, it } from 'vitest';
import { biases } from '../../src/rewrite/biases';
import { collapse } from '../../src/rewrite/collapse';
import { jvp, vjp } from '../../src/autodiff/differentiate';
import { guard } from '../../src/autodiff/guards/guard';
import { selections } from '../../src/rewrite/selections';
import { vmap } from '../../src/autodiff/vmap';
import { Engine } from '../../src/engine/engine';
import { GraphBuilder } from '../../src/graph/builder';
import type { Value } from '../../src/graph/graph';
import { sizeOf, tensor } from '../../src/graph/tensor';
import type { Operand } from './checkRule';

type Build = (g: GraphBuilder, x: Value, ...data: Value[]) => Value;

export interface GuardCase {
  /** The operand that the function is differentiated with respect to. */
  x: Operand;
  /** Further operands, which are not differentiated. */
  data?: readonly Operand[];
  /** The function under test, which has poles in branches that it does not take. */
  guarded: Build;
  /** The same function for these numbers, written without poles. It gives the expected derivatives. */
  same: Build;
  /** Whether the derivatives are finite without `guard` too. By default they must not be, to show what goes wrong. */
  harmless?: boolean;
}

/** Figures that are compared. The products go through the same rewrites as in an analysis. */
const FIGURES = ['loss', 'gradient', 'product', 'slope', 'curvature', 'outer'] as const;

/** Compares loss, gradient, Hessian and Gauss-Newton product, and forward derivatives, with those of the safe form. */
export function checkGuard(name: string, wanted: GuardCase): void {
  for (const precision of ['float64', 'float32'] as const) {
    it(`${name}, ${precision}`, async () => {
      const g = new GraphBuilder();
      const x = g.input('x', precision, wanted.x.shape);
      const data = (wanted.data ?? []).map(({ dtype, shape }, i) =>
        g.input(`d${i}`, dtype === 'float' ? precision : dtype, shape),
      );
      const raw = wanted.guarded(g, x, ...data);
      const safe = guard(g, [raw], { wrt: [x] })(raw);
      const outputs = {
        ...figures(g, x, raw, 'raw'),
        ...figures(g, x, safe, 'guarded'),
        ...figures(g, x, wanted.same(g, x, ...data), 'same'),
      };
      const engine = new Engine({ provider: 'cpu', threads: 1 });
      try {
        // Some operators have only float32 kernels.
        if (precision === 'float64' && !(await hasKernels(engine, g, [x, ...data], raw))) return;
        const inputs = Object.fromEntries([x, ...data].map((each) => [each.name!, each]));
        const program = await engine.compile(g, { inputs, outputs, constants: new Map() });
        const feeds = [wanted.x, ...(wanted.data ?? [])].map(({ values }, i) => {
          const { name: key, dtype, shape } = [x, ...data][i];
          return [key!, tensor(dtype, shape, values)];
        });
        const found = await program.run(Object.fromEntries(feeds));
        const of = (key: string) => Array.from(found[key].data as Float64Array);
        expect(of('guarded loss'), 'the loss itself').toEqual(of('raw loss'));
        for (const figure of FIGURES) expectClose(of(`guarded ${figure}`), of(`same ${figure}`), precision, figure);
        const spoilt = FIGURES.some((figure) => of(`raw ${figure}`).some((value) => !Number.isFinite(value)));
        expect(spoilt, 'without it something is not a number').toBe(!wanted.harmless);
      } finally {
        await engine.dispose();
      }
    });
  }
}

/** The figures of L = Σ wᵢ·yᵢ + ½yᵢ², with weights that are all different. */
function figures(g: GraphBuilder, x: Value, y: Value, name: string): Record<string, Value> {
  const wave = (shape: readonly number[], phase: number) =>
    g.constant(
      tensor(
        y.dtype,
        shape,
        Array.from({ length: sizeOf(shape) }, (_, i) => 0.4 + Math.sin(1.3 * i + phase)),
      ),
    );
  const loss = g.sum(g.add(g.mul(y, wave(y.shape, 1)), g.scale(g.square(y), 0.5)));
  const [gradient] = vjp(g, [loss], [g.like(loss, 1)], [x]);
  const v = g.input(`v of ${name}`, x.dtype, x.shape);
  const vectors = wave([2, ...x.shape], 2);
  const [product] = jvp(g, [gradient!], [x], [v]);
  const outer = vjp(g, [y], [jvp(g, [y], [x], [v])[0]], [x])[0]!;
  const all = [product ?? g.scale(v, 0), outer];
  const rewritten = biases(g, collapse(g, selections(g, all, [v]), [v]), [v]);
  const [products, outers] = vmap(g, rewritten, new Map([[v, vectors]]), 2);
  const dot = wave(x.shape, 2);
  const [slope] = jvp(g, [loss], [x], [dot]);
  const [curvature] = jvp(g, [slope!], [x], [dot]);
  const values = [loss, gradient!, products!, slope!, curvature ?? g.scale(loss, 0), outers!];
  return Object.fromEntries(FIGURES.map((figure, i) => [`${name} ${figure}`, values[i]]));
}

async function hasKernels(engine: Engine, g: GraphBuilder, inputs: readonly Value[], y: Value): Promise<boolean> {
  try {
    const named = Object.fromEntries(inputs.map((each) => [each.name!, each]));
    await engine.compile(g, { inputs: named, outputs: { y }, constants: new Map() });
    return true;
  } catch (fault) {
    if (/find an implementation/.test(String(fault))) return false;
    throw fault;
  }
}

function expectClose(found: number[], expected: number[], precision: 'float32' | 'float64', what: string): void {
  const size = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const worst = found.reduce((most, value, i) => {
    const off = Math.abs(value - expected[i]);
    return Number.isNaN(off) ? Infinity : Math.max(most, off);
  }, 0);
  const limit = precision === 'float64' ? 1e-12 : 1e-5;
  expect(worst / size, `${what}: ${found.join(' ')} against ${expected.join(' ')}`).toBeLessThan(limit);
}
