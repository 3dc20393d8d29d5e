import type { HessianSpectrum } from '../../src/report/report';
import { canSmooth, drawnDensity, esdChart, esdSummary, ritzRange, SIGMA_RANGE } from '../charts/esd';
import { mountChart } from '../charts/mount';
import { button, slider } from '../components';
import { fill, h } from '../dom';
import { formatNumber } from '../format';
import { chartSection } from './section';
import type { PageContext, Section } from './section';

/** How the eigenvalues of the Hessian are spread, with a slider for the kernel width. */
export function spectrumSection(context: PageContext): Section {
  const { memory, remember } = context;
  return chartSection<{ hessian: HessianSpectrum; dim: number }>(context, {
    id: 'spectrum',
    title: 'Eigenvalue spectral density',
    hint: 'How much of the Hessian’s spectrum lies where. Left of zero the loss curves down.',
    waiting: 'The spectrum is still to come.',
    part: 'spectrum',
    select: ({ spectrum, model }) =>
      spectrum?.hessian && drawnDensity(spectrum.hessian, null, model.parameterCount)
        ? { hessian: spectrum.hessian, dim: model.parameterCount }
        : undefined,
    render({ hessian, dim }, draw) {
      const current = () => drawnDensity(hessian, memory.spectrum.sigma, dim);
      const figure = mountChart({
        name: 'Eigenvalue spectral density',
        summary: esdSummary(hessian),
        height: (width) => Math.min(Math.max(width * 0.55, 240), 380),
        configure(theme) {
          const drawn = current();
          if (!drawn) throw new Error('The density was there when the section was drawn.');
          return esdChart(drawn, hessian, theme);
        },
      });
      const element = draw.figure(figure, 'Eigenvalue spectral density');
      const smoothing = h('div', { class: 'smoothing' });
      const showSmoothing = (): void => {
        const drawn = current();
        if (!drawn) return;
        const sigmaText = `σ = ${formatNumber(drawn.sigma, 2)}`;
        const output = h('output', {}, sigmaText);
        const range = ritzRange(hessian);
        const logs = [Math.log10(SIGMA_RANGE.min), Math.log10(SIGMA_RANGE.max)] as const;
        const set = (sigma: number | null): void => {
          memory.spectrum.sigma = sigma;
          remember();
          figure.redraw();
        };
        fill(
          smoothing,
          h('span', {}, 'Smoothing'),
          slider({
            label: 'Kernel width of the density',
            min: logs[0],
            max: logs[1],
            step: 0.02,
            value: Math.log10(drawn.sigma / range),
            text: (value) => `σ = ${formatNumber(10 ** value * range, 2)}`,
            change(value) {
              output.textContent = `σ = ${formatNumber(10 ** value * range, 2)}`;
              set(10 ** value);
            },
          }),
          output,
          button({
            label: 'Reset',
            description: 'Back to the recorded kernel width',
            press() {
              set(null);
              showSmoothing();
            },
          }),
        );
      };
      if (canSmooth(hessian)) showSmoothing();
      draw.body(
        element,
        canSmooth(hessian) && smoothing,
        h('p', { class: 'caption' }, esdSummary(hessian), ' ', productsText(hessian)),
      );
    },
  });
}

function productsText({ products, ritz, exact }: HessianSpectrum): string {
  if (exact) return 'Every eigenvalue was computed.';
  const probes = ritz?.length ?? 0;
  return `${products} Hessian products${probes > 0 ? `, ${probes} probe${probes === 1 ? '' : 's'}` : ''}.`;
}
