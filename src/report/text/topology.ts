import { formatCount } from '../../text/counts';
import { formatMeasured, formatNumber } from '../../text/numbers';
import type { Topology } from '../sections/topology';

/** Says how many minima a plane shows, and how high the barrier of the most lasting of them is. Empty without minima. */
export function topologyText({ components, minima, threshold, lasting }: Topology): string {
  const [lowest] = minima.filter(({ barrier }) => !barrier);
  if (!lowest) return '';
  const inner = minima.find(({ barrier }) => barrier !== undefined);
  const parts = [
    `${formatCount(lasting)} ${lasting === 1 ? 'minimum' : 'minima'} of a persistence above ${formatNumber(threshold, 2)}`,
    `lowest ${formatNumber(lowest.loss)} at (${formatNumber(lowest.x, 3)}, ${formatNumber(lowest.y, 3)})${lowest.onEdge ? ', on the edge' : ''}`,
    ...(inner && inner.persistence - (inner.error ?? 0) > threshold
      ? [`highest barrier ${formatMeasured(inner.persistence, inner.error ?? 0)}`]
      : []),
    ...(components > 1 ? [`${formatCount(components)} regions with no finite path between them`] : []),
  ];
  return parts.join('; ');
}
