import type { GgnSpectrum, HessianSpectrum } from '../../src/report/report';
import { eigenvalueChart, eigenvalueSummary } from '../charts/eigenvalues';
import type { SpectrumEnd } from '../charts/eigenvalues';
import { mountChart } from '../charts/mount';
import { h } from '../dom';
import { formatNumber } from '../format';
import { chartSection } from './section';
import type { Drawing, PageContext, Section } from './section';

interface Extremes {
  hessian: HessianSpectrum | undefined;
  ggn: GgnSpectrum | undefined;
}

/** Both ends of the spectrum, each on its own axis: the smallest eigenvalues would be invisible beside the largest. */
export function eigenvaluesSection(context: PageContext): Section {
  return chartSection<Extremes>(context, {
    id: 'eigenvalues',
    title: 'Extreme eigenvalues',
    hint: 'Thick bars: the eigenvalue certainly lies there, on this data. Grey band: float32 noise around zero.',
    waiting: 'The extreme eigenvalues are still to come.',
    part: 'spectrum',
    select: ({ spectrum }) =>
      spectrum?.hessian?.top.length || spectrum?.hessian?.bottom.length || spectrum?.ggn?.top.length
        ? { hessian: spectrum.hessian, ggn: spectrum.ggn }
        : undefined,
    render(extremes, draw) {
      const { hessian, ggn } = extremes;
      const shown = [...(hessian?.top ?? []), ...(hessian?.bottom ?? []), ...(ggn?.top ?? [])];
      draw.body(
        h(
          'div',
          { class: 'small-multiples' },
          (hessian?.top.length || ggn?.top.length) && end('largest', extremes, draw),
          hessian?.bottom.length ? end('smallest', extremes, draw) : null,
        ),
        hessian &&
          h(
            'p',
            { class: 'caption' },
            `Float32 noise floor: ±${formatNumber(hessian.noiseFloor, 2)}.`,
            shown.some(({ dataError }) => dataError !== undefined) && ' Thin bars: spread over the data.',
            shown.some(({ converged }) => !converged) && ' Hollow marks have not converged.',
          ),
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
