import { jvp } from '../../autodiff/differentiate';
import type { Derivative } from '../../autodiff/rule';
import { plus } from '../../autodiff/rule';
import type { Value } from '../../graph/graph';
import { replay } from '../../graph/replay';
import { lossRounding } from '../../loss/rounding';
import type { LossGraph } from './lossGraph';
import { guarded, unflatten } from './lossGraph';
import type { ProductKind } from '../objective';

/**
 * Slope and curvature of each sample's loss along a flat v, [dim], forward over forward:
 *   slopeᵢ = gᵢᵀv = d/dt ℓᵢ(θ + t·v),
 *   curvatureᵢ = vᵀHᵢv = d²/dt² ℓᵢ(θ + t·v), or for the Gauss-Newton matrix żᵢᵀ(∂²ℓᵢ/∂z²)żᵢ with ż = J·v.
 * No reverse mode is involved, so the numbers check the products, which are built from transposes. Where the model
 * gives one loss for the whole batch, every sample gets that loss. Where samples affect each other (BatchNormalization
 * in training mode), the mean is right but the values of single samples are not.
 * Where the loss is a logarithm, its rounding error depends on how the prediction z changes along v:
 *   moves = maxₖ |żᵢₖ|,  bends = maxₖ żᵢₖ² + maxₖ |z̈ᵢₖ|, the latter without z̈ for the Gauss-Newton matrix.
 * @returns each [batchSize], slope and curvature in the type the loss is computed in
 */
export function sampleCurvature(graph: LossGraph, kind: ProductKind, v: Value): Record<string, Value> {
  const { g, parameters, head, batchSize } = guarded(graph);
  const theta = parameters.map(({ value }) => value);
  const vDot = unflatten(graph, v);
  const perBatch = (x: Derivative) => g.expand(x ?? g.like(head.perSample, 0), [batchSize]);
  const twice = (loss: Value, wrt: readonly Value[], dots: readonly Value[]): [Derivative, Derivative] => {
    const [slope] = jvp(g, [loss], wrt, dots);
    return [slope, slope && jvp(g, [slope], wrt, dots)[0]];
  };
  const { prediction } = head;
  const [zDot] = jvp(g, [prediction], theta, vDot);
  const rounded = () => {
    const [zBend] = zDot && kind === 'hessian' ? jvp(g, [zDot], theta, vDot) : [null];
    const [moved, bent] = [zDot, zBend].map((x) => x && largestOfSamples(graph, x));
    return { moves: perBatch(moved), bends: perBatch(plus(g, moved && g.square(moved), bent)) };
  };
  const terms = lossRounding(head.perSample) > 0 ? rounded() : {};
  if (kind === 'hessian') {
    const [slope, curvature] = twice(head.perSample, theta, vDot);
    return { slopes: perBatch(slope), curvatures: perBatch(curvature), ...terms };
  }
  if (!zDot) return { slopes: perBatch(null), curvatures: perBatch(null), ...terms };
  // ż must stay fixed while the loss is differentiated, but as a graph it may read z, so an input stands in for it.
  const held = g.input('zDot', zDot.dtype, zDot.shape);
  const [slope] = jvp(g, [head.perSample], [prediction], [held]);
  const [, curvature] = twice(head.curved ?? head.perSample, [prediction], [held]);
  const pair = [slope, curvature].map(perBatch);
  const [slopes, curvatures] = replay(g, pair, new Map([[held, zDot]]));
  return { slopes, curvatures, ...terms };
}

/** The largest |x| of each sample, [batchSize], or of the whole tensor where there is no axis of samples. */
function largestOfSamples({ g, batchSize }: LossGraph, x: Value): Value {
  const size = g.unary('Abs', x);
  const own = x.shape[0] === batchSize && x.shape.length > 0 ? 1 : 0;
  const axes = x.shape.slice(own).map((_, i) => own + i);
  return axes.length > 0 ? g.apply('ReduceMax', [size], { axes, keepdims: false }) : size;
}
