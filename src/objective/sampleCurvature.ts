import { jvp } from '../autodiff/differentiate';
import type { Derivative } from '../autodiff/rule';
import type { Value } from '../graph/graph';
import { replay } from '../graph/replay';
import type { LossGraph } from './lossGraph';
import { unflatten } from './lossGraph';
import type { ProductKind } from './objective';

/**
 * Slope and curvature of each sample's loss along a flat v, [dim], forward over forward:
 *   slopeᵢ = gᵢᵀv = d/dt ℓᵢ(θ + t·v),
 *   curvatureᵢ = vᵀHᵢv = d²/dt² ℓᵢ(θ + t·v), or for the Gauss-Newton matrix żᵢᵀ(∂²ℓᵢ/∂z²)żᵢ with ż = J·v.
 * No reverse mode anywhere: the numbers check the products, which are built from transposes. A loss that the model gives
 * as one number for the batch is every sample's; where samples act on each other (BatchNormalization in training mode),
 * the mean is right and its attribution to samples is not.
 * @returns both [batchSize], in the type the loss is computed in
 */
export function sampleCurvature(graph: LossGraph, kind: ProductKind, v: Value): { slope: Value; curvature: Value } {
  const { g, parameters, head, batchSize } = graph;
  const theta = parameters.map(({ value }) => value);
  const vDot = unflatten(graph, v);
  const perBatch = (x: Derivative) => g.expand(x ?? g.like(head.perSample, 0), [batchSize]);
  const twice = (wrt: readonly Value[], dots: readonly Value[]): [Derivative, Derivative] => {
    const [slope] = jvp(g, [head.perSample], wrt, dots);
    return [slope, slope && jvp(g, [slope], wrt, dots)[0]];
  };
  if (kind === 'hessian') {
    const [slope, curvature] = twice(theta, vDot);
    return { slope: perBatch(slope), curvature: perBatch(curvature) };
  }
  const { prediction } = head;
  const [zDot] = jvp(g, [prediction], theta, vDot);
  if (!zDot) return { slope: perBatch(null), curvature: perBatch(null) };
  // ż is held fixed while the loss is differentiated, though as a graph it may read z: an input stands in for it.
  const held = g.input('zDot', zDot.dtype, zDot.shape);
  const pair = twice([prediction], [held]).map(perBatch);
  const [slope, curvature] = replay(g, pair, new Map([[held, zDot]]));
  return { slope, curvature };
}
