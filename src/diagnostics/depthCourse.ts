import { counted } from '../text/counts';
import { formatNumber, formatCompact } from '../text/numbers';
import type { Judgment } from './diagnostic';
import type { Limits } from './limits';
import type { Measurements } from './measurements';
import { boundsOf } from './rates';

/** How the gradient runs through the depth of the network, in words and figures. */
export interface DepthCourse {
  /**
   * - `geometric`: it changes by a factor from layer to layer, beyond the error of the fit
   * - `uneven`: no such factor was found
   * - `shallow`: there are too few layers for one
   * - `none`: the gradient is exactly zero, or there is no layer below the output
   */
  course: 'geometric' | 'uneven' | 'shallow' | 'none';
  /** First layer over last. */
  factor: number;
  evidence: Judgment['evidence'];
  /** "from «last» to «first» the gradient changes by a factor of …" */
  sentence: string;
  /** Names the layers that were left out, with the reason; empty if there are none. */
  leftOut: string;
}

/**
 * Describes the relative gradient √(Σⱼ mean hⱼ²·‖∂L/∂hⱼ‖²) by depth. ‖∂L/∂h‖ alone depends on how layers are scaled against
 * one another: multiplying the weights of one layer by 100 and dividing the next by 100 keeps a ReLU network the same
 * function, so it must keep the verdict.
 * @param thresholds what the verdict compares the factor over all layers and per layer with
 */
export function depthCourse(
  { fit, zero, layers }: Measurements['depth'],
  limits: Limits,
  thresholds: { factor: number; rate: number },
): DepthCourse {
  const leftOut = leftOutOf(zero);
  const usable = layers.filter(({ relativeGradient }) => relativeGradient > 0);
  const [first, last] = [usable[0], usable[usable.length - 1]];
  if (!first || !last) {
    const sentence = layers.length > 0 ? 'The gradient is zero in every layer below the output.' : '';
    return { course: 'none', factor: NaN, evidence: [], sentence, leftOut };
  }
  const factor = fit?.factor ?? first.relativeGradient / last.relativeGradient;
  const evidence: Judgment['evidence'] = [
    { name: 'relative gradient, first layer / last', value: factor, error: 0, threshold: thresholds.factor },
  ];
  if (!fit || fit.layers < limits.severalLayers) {
    const among = counted(new Set(usable.map(({ depth }) => depth)).size, 'layer');
    const change =
      first === last
        ? ''
        : `; from «${last.layer}» to «${first.layer}» the gradient changes by a factor of ${formatNumber(factor, 3)}`;
    const sentence = `${among} below the output ${usable.length === 1 ? 'is' : 'are'} too few for a course through depth${change}`;
    return { course: 'shallow', factor, evidence, sentence, leftOut };
  }
  const { relative, gain } = fit;
  evidence.push(
    { name: 'factor per layer towards the input', ...relative, threshold: thresholds.rate },
    { name: 'the same of ‖∂L/∂h‖ alone', ...gain },
    { name: 'layers in the fit', value: fit.layers, error: 0 },
  );
  const { low, high } = boundsOf(relative, limits);
  const sentence = `over ${fit.layers} layers, from «${last.layer}» to «${first.layer}», it changes by a factor of ${formatNumber(factor, 3)} in all, ${formatCompact(relative.value, relative.error)} per layer`;
  return { course: low > 1 || high < 1 ? 'geometric' : 'uneven', factor, evidence, sentence, leftOut };
}

function leftOutOf(zero: readonly string[]): string {
  if (zero.length === 0) return '';
  const named = zero
    .slice(0, 3)
    .map((layer) => `«${layer}»`)
    .join(', ');
  const more = zero.length > 3 ? ` and ${zero.length - 3} more` : '';
  return ` Left out: ${named}${more}, where the gradient is exactly zero: a weight, a dead unit or a mask above lets nothing through, whatever the depth.`;
}
