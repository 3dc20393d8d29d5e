import type { Estimate } from '../../src/report/sections/estimate';
import { formatShare } from '../../src/report/text/estimates';
import { formatNumber, formatPercent } from '../../src/text/numbers';
import type { MassShares } from '../charts/massShares';
import { h, svg } from '../dom';

/** Draws all eigenvalues as one bar in three parts: negative, not told from zero, and positive. */
export function massBar(matrix: 'H' | 'G', { below, within, above, bound, resolved }: MassShares): HTMLElement {
  const reach = formatNumber(bound, 2);
  const parts: { kind: string; name: string; share: Estimate }[] = [
    { kind: 'below', name: `below −${reach}`, share: below },
    { kind: 'within', name: `within ±${reach}`, share: within },
    { kind: 'above', name: `above ${reach}`, share: above },
  ];
  if (!resolved) {
    return h(
      'p',
      { class: 'caption' },
      `How many eigenvalues of ${matrix} lie within ±${reach} is not resolved (± ${formatPercent(within.standardError ?? NaN)}): more Lanczos steps and probes would tell.`,
    );
  }
  let from = 0;
  const segments = parts.map(({ kind, share }) => {
    const x = from;
    from += share.value * 100;
    return svg('rect', { class: kind, x: `${x}%`, width: `${share.value * 100}%`, y: 0, height: 12 });
  });
  return h(
    'div',
    { class: 'mass' },
    h('span', { class: 'mass-name' }, `Eigenvalues of ${matrix}`),
    svg('svg', { width: '100%', height: 12, 'aria-hidden': 'true' }, ...segments),
    h(
      'ul',
      { class: 'keys' },
      ...parts.map(({ kind, name, share }) =>
        h(
          'li',
          {},
          svg(
            'svg',
            { width: 10, height: 10, 'aria-hidden': 'true' },
            svg('rect', { class: kind, width: 10, height: 10 }),
          ),
          h('strong', {}, formatShare(share)),
          ` ${name}`,
        ),
      ),
    ),
  );
}
