import { afterAll, expect, it } from 'vitest';
import { jvp, vjp } from '../autodiff/differentiate';
import { Engine } from '../engine/engine';
import { GraphBuilder } from '../graph/builder';
import { tensor } from '../graph/tensor';
import { safeLog } from './safeLog';

const engine = new Engine({ provider: 'cpu', threads: 1 });
afterAll(() => engine.dispose());

it.each(['float64', 'float32'] as const)(
  'is log p bounded below by −100, with finite derivatives everywhere: %s',
  async (dtype) => {
    const g = new GraphBuilder();
    const p = g.input('p', 'float32', [5]);
    const tangent = g.input('t', 'float32', [5]);
    const y = safeLog(g, g.cast(p, dtype));
    const [bar] = vjp(g, [y], [g.expand(g.like(y, 1), y.shape)], [p]);
    const [dot] = jvp(g, [y], [p], [tangent]);
    const [second] = jvp(g, [bar!], [p], [tangent]);
    const [forward] = jvp(g, [dot!], [p], [tangent]);
    const outputs = { y, bar: bar!, dot: dot!, second: second!, forward: forward! };
    const program = await engine.compile(g, { inputs: { p, t: tangent }, outputs, constants: new Map() });
    // Slopes of what makes a probability shrink with it: the tangents are p itself.
    const values = [0, 1e-45, 1e-12, 0.5, 1];
    const found = await program.run({ p: tensor('float32', [5], values), t: tensor('float32', [5], values) });
    const list = (name: keyof typeof outputs) => Array.from(found[name].data as Float64Array, Number);
    const near = (name: keyof typeof outputs, expected: number[]) =>
      list(name).forEach((value, i) => {
        expect(value, `${name} at ${values[i]}`).toBeCloseTo(
          expected[i],
          4 - Math.ceil(Math.log10(Math.abs(expected[i]) + 1)),
        );
      });
    near('y', [-100, -100, Math.log(1e-12), Math.log(0.5), 0]);
    near('dot', [0, 0, 1, 1, 1]);
    near('forward', [0, 0, -1, -1, -1]);
    expect(list('bar').slice(3)).toEqual([2, 1]);
    expect([...list('bar'), ...list('second')].every(Number.isFinite)).toBe(true);
    await program.release();
  },
);
