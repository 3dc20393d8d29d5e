import type { GgnSpectrum, HessianSpectrum } from '../../src/report/report';
import { formatNumber } from '../../src/text/numbers';
import { eigenvalueChart, eigenvalueSummary } from '../charts/eigenvalues';
import type { SpectrumEnd } from '../charts/eigenvalues';
import { mountChart } from '../charts/mount';
import { h, svg } from '../dom';
import type { Child } from '../dom';
import { eigenvalueRows, eigenvalueTable } from './eigenvalueTable';
import { chartSection, preliminaryBadge } from './section';
import type { Drawing, PageContext, Section } from './section';

interface Extremes {
  hessian: HessianSpectrum | undefined;
  ggn: GgnSpectrum | undefined;
}

/** Shows both ends of the spectrum, each on its own axis, since one axis would hide the smallest eigenvalues. */
export function eigenvaluesSection(context: PageContext): Section {
  return chartSection<Extremes>(context, {
    id: 'eigenvalues',
    title: 'Extreme eigenvalues',
    hint: 'Each eigenvalue with its three errors: of the method, of float32 arithmetic, and of the choice of samples.',
    waiting: 'The extreme eigenvalues are still to come.',
    part: 'spectrum',
    badge: ({ hessian }) => preliminaryBadge(hessian),
    select: ({ spectrum }) =>
      spectrum?.hessian?.top.length || spectrum?.hessian?.bottom.length || spectrum?.ggn?.top.length
        ? { hessian: spectrum.hessian, ggn: spectrum.ggn }
        : undefined,
    render(extremes, draw) {
      const { hessian, ggn } = extremes;
      const rows = eigenvalueRows(hessian, ggn);
      const noise = Math.max(hessian?.noiseFloor ?? 0, ggn?.noiseFloor ?? 0);
      draw.body(
        h(
          'div',
          { class: 'small-multiples' },
          (hessian?.top.length || ggn?.top.length) && end('largest', extremes, draw),
          hessian?.bottom.length ? end('smallest', extremes, draw) : null,
        ),
        h(
          'ul',
          { class: 'keys' },
          key('Krylov residual: an eigenvalue lies this near', bar(6)),
          key(`float32 noise, ±${formatNumber(noise, 2)} (grey band at zero)`, bar(3)),
          rows.some(({ errors }) => errors.data !== undefined) &&
            key('data error: standard error over samples', bar(1), cap(1), cap(23)),
          rows.some(({ converged }) => !converged) &&
            key('not converged', svg('circle', { class: 'hollow', cx: 12, cy: 6, r: 4 })),
        ),
        eigenvalueTable(rows),
        h('p', { class: 'caption' }, 'Bold: the largest of the three errors.'),
      );
    },
  });
}

function end(which: SpectrumEnd, { hessian, ggn }: Extremes, draw: Drawing): HTMLElement {
  const rows =
    which === 'largest' ? Math.max(hessian?.top.length ?? 0, ggn?.top.length ?? 0) : (hessian?.bottom.length ?? 0);
  const title = which === 'largest' ? 'Largest' : 'Smallest';
  const summary = hessian ? eigenvalueSummary(which, hessian) : 'Eigenvalues of the Gauss-Newton matrix.';
  const figure = mountChart({
    name: `${title} eigenvalues`,
    summary,
    height: () => Math.max(rows * 22 + 80, 150),
    configure: (theme) => eigenvalueChart(which, hessian, ggn, theme),
  });
  return h(
    'div',
    { class: 'multiple' },
    h('h3', {}, title),
    draw.figure(figure, `${title} eigenvalues`),
    h('p', { class: 'caption' }, summary),
  );
}

function key(text: string, ...marks: Child[]): HTMLElement {
  return h('li', {}, svg('svg', { class: 'key', width: 24, height: 12, 'aria-hidden': 'true' }, ...marks), text);
}

function bar(width: number): SVGElement {
  return svg('line', { x1: 1, x2: 23, y1: 6, y2: 6, 'stroke-width': width });
}

function cap(x: number): SVGElement {
  return svg('line', { x1: x, x2: x, y1: 1, y2: 11, 'stroke-width': 1 });
}
