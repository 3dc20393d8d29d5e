import { jvp, vjp } from '../../src/autodiff/differentiate';
import type { Engine } from '../../src/engine/engine';
import type { Value } from '../../src/graph/graph';
import type { Tensor } from '../../src/graph/tensor';
import { sizeOf, tensor } from '../../src/graph/tensor';
import type { LoweredCase } from './lowerCase';

/** A point, a direction, or a gradient: one flat vector over all moving inputs. */
export type Flat = Float64Array;

/** The loss of a case and its derivatives, as functions of its moving inputs laid end to end. */
export interface Derivatives {
  point: Flat;
  loss(at: Flat): Promise<number>;
  /** Loss, gradient, and Hessian times `direction`. */
  all(at: Flat, direction: Flat): Promise<{ loss: number; gradient: Flat; product: Flat }>;
  /** A name for messages, such as "input «x», element 3". */
  nameOf(element: number): string;
  release(): Promise<void>;
}

export async function compileDerivatives(lowered: LoweredCase, loss: Value, engine: Engine): Promise<Derivatives> {
  const { g, inputs, feeds, moving } = lowered;
  const zeros = (x: Value) => g.expand(g.like(x, 0), x.shape);
  const gradient = vjp(g, [loss], [g.like(loss, 1)], moving).map((bar, i) => bar ?? zeros(moving[i]));
  const dots = moving.map((x, i) => g.input(`direction ${i}`, x.dtype, x.shape));
  const product = jvp(g, gradient, moving, dots).map((dot, i) => dot ?? zeros(moving[i]));
  const named = (name: string, values: readonly Value[]) =>
    Object.fromEntries(values.map((value, i) => [`${name} ${i}`, value]));
  const value = await engine.compile(g, { inputs, outputs: { loss }, constants: new Map() });
  const derivative = await engine.compile(g, {
    inputs: { ...inputs, ...named('direction', dots) },
    outputs: { loss, ...named('gradient', gradient), ...named('product', product) },
    constants: new Map(),
  });
  const starts = moving.map((_, i) => moving.slice(0, i).reduce((sum, x) => sum + sizeOf(x.shape), 0));

  const fed = (at: Flat) => ({ ...feeds, ...spread(at, (i) => moving[i].name!) });
  const spread = (flat: Flat, nameOf: (i: number) => string): Record<string, Tensor> =>
    Object.fromEntries(
      moving.map((x, i) => {
        const part = flat.subarray(starts[i], starts[i] + sizeOf(x.shape));
        return [nameOf(i), tensor(x.dtype, x.shape, part)];
      }),
    );
  const flatten = (results: Readonly<Record<string, Tensor>>, name: string): Flat =>
    Float64Array.from(moving.flatMap((_, i) => Array.from(results[`${name} ${i}`].data as Float64Array)));

  return {
    point: Float64Array.from(moving.flatMap((x) => Array.from(feeds[x.name!].data as Float64Array))),
    async loss(at) {
      return Number((await value.run(fed(at))).loss.data[0]);
    },
    async all(at, direction) {
      const results = await derivative.run({ ...fed(at), ...spread(direction, (i) => `direction ${i}`) });
      return {
        loss: Number(results.loss.data[0]),
        gradient: flatten(results, 'gradient'),
        product: flatten(results, 'product'),
      };
    },
    nameOf(element) {
      const i = starts.findLastIndex((start) => start <= element);
      return `input «${moving[i].name}», element ${element - starts[i]}`;
    },
    async release() {
      await value.release();
      await derivative.release();
    },
  };
}
