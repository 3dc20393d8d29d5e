import { byName } from '../graph/byName';
import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import type { LowerContext } from './context';
import { clip } from './elementwise';
import { counted } from '../graph/limits';

/** One activation of a recurrent layer. */
export type Activation = (x: Value) => Value;

interface Kind {
  /** Default α and β; null for an activation that has none and so consumes none. */
  alpha: number | null;
  beta: number | null;
  apply(g: GraphBuilder, x: Value, alpha: number, beta: number): Value;
}

const positive = (g: GraphBuilder, x: Value) => g.greater(x, g.like(x, 0));
const plain = (apply: (g: GraphBuilder, x: Value) => Value): Kind => ({ alpha: null, beta: null, apply });

/** By lower-case name; the defaults are those of ONNX Runtime. */
const kinds: Record<string, Kind> = byName({
  sigmoid: plain((g, x) => g.sigmoid(x)),
  tanh: plain((g, x) => g.tanh(x)),
  relu: plain((g, x) => g.unary('Relu', x)),
  softplus: plain((g, x) => g.unary('Softplus', x)),
  softsign: plain((g, x) => g.div(x, g.shift(g.unary('Abs', x), 1))),
  affine: { alpha: 1, beta: 0, apply: (g, x, alpha, beta) => g.shift(g.scale(x, alpha), beta) },
  scaledtanh: { alpha: 1, beta: 1, apply: (g, x, alpha, beta) => g.scale(g.tanh(g.scale(x, beta)), alpha) },
  hardsigmoid: {
    alpha: 0.2,
    beta: 0.5,
    apply: (g, x, alpha, beta) => clip(g, g.shift(g.scale(x, alpha), beta), g.like(x, 0), g.like(x, 1)),
  },
  leakyrelu: { alpha: 0.01, beta: null, apply: (g, x, alpha) => g.where(positive(g, x), x, g.scale(x, alpha)) },
  thresholdedrelu: {
    alpha: 1,
    beta: null,
    apply: (g, x, alpha) => g.where(g.greater(x, g.like(x, alpha)), x, g.like(x, 0)),
  },
  // The exponent is clipped at 0, because e^x of a large x would be ∞ in the branch not taken.
  elu: {
    alpha: 1,
    beta: null,
    apply: (g, x, alpha) => g.where(positive(g, x), x, g.scale(g.shift(g.exp(g.min(x, g.like(x, 0))), -1), alpha)),
  },
});

/**
 * The activations of every direction, in the order of the attribute: gates, then state.
 * α and β are two lists. Each activation that needs one takes the next, as in ONNX Runtime.
 * @param defaults for one direction
 */
export function recurrentActivations(c: LowerContext, defaults: readonly string[], directions: number): Activation[][] {
  const { g, node } = c;
  const given = node.attributes.activations?.value as readonly string[] | undefined;
  const names = given?.length ? given : Array.from({ length: directions }, () => defaults).flat();
  if (names.length !== directions * defaults.length) {
    c.fail(`${node.op} with ${names.length} activations where it needs ${directions * defaults.length}.`);
  }
  const list = (name: string) => [...((node.attributes[name]?.value as readonly number[] | undefined) ?? [])];
  const alphas = list('activation_alpha');
  const betas = list('activation_beta');
  const activations = names.map((name): Activation => {
    const kind = kinds[name.toLowerCase()] ?? c.fail(`${node.op} with an unknown activation "${name}".`);
    const alpha = kind.alpha === null ? 0 : (alphas.shift() ?? kind.alpha);
    const beta = kind.beta === null ? 0 : (betas.shift() ?? kind.beta);
    return (x) => kind.apply(g, x, alpha, beta);
  });
  return counted(directions, (d) => activations.slice(d * defaults.length, (d + 1) * defaults.length));
}

/** Clips the input of an activation to [−limit, limit] if the layer has a limit. */
export function recurrentClip({ g, node, float }: LowerContext): Activation {
  const limit = node.attributes.clip ? float('clip') : 0;
  return limit > 0 ? (x) => clip(g, x, g.like(x, -limit), g.like(x, limit)) : (x) => x;
}
