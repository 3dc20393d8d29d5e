import { formatNumber } from '../../text/numbers';
import { largestDescendingStep } from '../stationarity';
import type { Read, Verdicts } from './reading';

/** Says which learning rates are stable; an empty string where no curvature bounds them. */
export function rateBound({ extremes, stability, gradient, descent }: Read, verdicts: Verdicts): string {
  if (extremes && extremes.max.value > extremes.max.error) {
    const edge = verdicts('edge-of-stability');
    const bound = (stability?.bound ?? 2) / extremes.max.value;
    const shown = formatNumber(bound, 2);
    if (stability && edge?.verdict === 'absent')
      return `The learning rate ${formatNumber(stability.learningRate, 3)} is stable, up to ${shown}.`;
    if (stability && edge?.verdict === 'present')
      return `The learning rate ${formatNumber(stability.learningRate, 3)} is at the edge of stability, which ${shown} bounds: a lower one converges further.`;
    const spread = verdicts('ill-conditioning');
    const momentum =
      spread?.verdict === 'present' ? ', and use momentum or Adam, because the curvature is spread widely' : '';
    return `Keep SGD below a learning rate of ${shown}${momentum}.`;
  }
  if (descent && descent.step > 0 && gradient.norm.value > 0)
    return `The best single step has a learning rate of ${formatNumber(descent.step / gradient.norm.value, 2)}.`;
  const longest = largestDescendingStep(gradient);
  return longest !== null && Number.isFinite(longest)
    ? `An SGD step lowers the loss up to a learning rate of ${formatNumber(longest, 2)}.`
    : '';
}
