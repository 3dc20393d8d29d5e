import type { GgnSpectrum, HessianSpectrum } from '../../src/report/report';
import { counted } from '../../src/text/counts';
import { formatNumber } from '../../src/text/numbers';
import { canSmooth, drawnDensity, ritzRange, SIGMA_RANGE } from '../charts/drawnDensity';
import { esdChart, esdSummary } from '../charts/esd';
import type { EsdSubject, SpectrumOfMatrix } from '../charts/esd';
import { massShares } from '../charts/massShares';
import { mountChart } from '../charts/mount';
import type { Figure } from '../charts/mount';
import { button, segmented, slider } from '../components';
import { fill, h } from '../dom';
import { massBar } from './massBar';
import { chartSection, preliminaryBadge } from './section';
import type { PageContext, Section } from './section';

interface Densities {
  hessian: HessianSpectrum | undefined;
  ggn: GgnSpectrum | undefined;
  dim: number;
}

/** Shows how the eigenvalues of H and G are spread, with a slider for the kernel width. */
export function spectrumSection(context: PageContext): Section {
  const { memory, remember } = context;
  return chartSection<Densities>(context, {
    id: 'spectrum',
    title: 'Eigenvalue spectral density',
    hint: 'How many of the eigenvalues lie where. Left of zero the loss curves down; marks are single eigenvalues.',
    waiting: 'The spectrum is still to come.',
    part: 'spectrum',
    badge: ({ hessian }) => preliminaryBadge(hessian),
    select({ spectrum, model: { parameterCount: dim } }) {
      const known = <T extends SpectrumOfMatrix>(matrix: T | undefined): T | undefined =>
        matrix && drawnDensity(matrix, null, dim) ? matrix : undefined;
      const [hessian, ggn] = [known(spectrum?.hessian), known(spectrum?.ggn)];
      return hessian || ggn ? { hessian, ggn, dim } : undefined;
    },
    render({ hessian, ggn, dim }, draw) {
      const set = (change: Partial<typeof memory.spectrum>): void => {
        Object.assign(memory.spectrum, change);
        remember();
        draw.again();
      };
      const matrices = hessian && ggn ? memory.spectrum.matrices : hessian ? 'H' : 'G';
      const spectra: [EsdSubject['matrix'], SpectrumOfMatrix | undefined][] = [
        ['H', matrices === 'G' ? undefined : hessian],
        ['G', matrices === 'H' ? undefined : ggn],
      ];
      const shown = spectra.flatMap(([matrix, spectrum]) => (spectrum ? [{ matrix, spectrum }] : []));
      const [lead] = shown;
      if (!lead) return;
      const subjects = (): EsdSubject[] => subjectsOf(shown, memory.spectrum.sigma, dim);
      const figure = mountChart({
        name: 'Eigenvalue spectral density',
        summary: esdSummary(lead.spectrum),
        height: (width) => Math.min(Math.max(width * 0.55, 250), 380),
        configure: (theme) => esdChart(subjects(), memory.spectrum.scale, theme),
      });
      draw.toolbar(
        hessian &&
          ggn &&
          segmented(
            'Matrix',
            [
              { value: 'H', label: 'H' },
              { value: 'G', label: 'G' },
              { value: 'both', label: 'Both' },
            ],
            matrices,
            (chosen) => set({ matrices: chosen }),
          ),
        segmented(
          'Density axis',
          [
            { value: 'log', label: 'Log' },
            { value: 'linear', label: 'Linear' },
          ],
          memory.spectrum.scale,
          (chosen) => set({ scale: chosen }),
        ),
      );
      draw.body(
        draw.figure(figure, 'Eigenvalue spectral density'),
        canSmooth(lead.spectrum) && smoothing(lead.spectrum, () => subjects()[0]?.drawn.sigma ?? NaN, figure, context),
        // G has no negative eigenvalues, so a bar divided by sign would say nothing about it.
        matrices !== 'G' && hessian?.summary && massBar('H', massShares(hessian.summary, dim)),
        h(
          'p',
          { class: 'caption' },
          shown.length === 1 && `${esdSummary(lead.spectrum)} `,
          hessian && matrices !== 'G' && productsText(hessian),
        ),
      );
    },
  });
}

/** Computes the densities of H and G with the same kernel width, since only equally smooth curves can be compared. */
function subjectsOf(shown: Omit<EsdSubject, 'drawn'>[], fraction: number | null, dim: number): EsdSubject[] {
  let sigma: number | null = null;
  return shown.flatMap(({ matrix, spectrum }) => {
    const range = ritzRange(spectrum);
    if (sigma === null && fraction !== null && range > 0) sigma = fraction * range;
    const drawn = drawnDensity(spectrum, sigma, dim);
    if (!drawn) return [];
    sigma = drawn.sigma;
    return [{ matrix, spectrum, drawn }];
  });
}

/** Makes the slider for the kernel width. It is logarithmic, in fractions of the range, and measures nothing anew. */
function smoothing(
  spectrum: SpectrumOfMatrix,
  current: () => number,
  figure: Figure,
  { memory, remember }: PageContext,
): HTMLElement {
  const range = ritzRange(spectrum);
  const element = h('div', { class: 'smoothing' });
  const text = (sigma: number): string => `σ = ${formatNumber(sigma, 2)}`;
  const set = (sigma: number | null): void => {
    memory.spectrum.sigma = sigma;
    remember();
    figure.redraw();
  };
  const show = (): void => {
    const output = h('output', {}, text(current()));
    fill(
      element,
      h('span', {}, 'Smoothing'),
      slider({
        label: 'Kernel width of the density',
        min: Math.log10(SIGMA_RANGE.min),
        max: Math.log10(SIGMA_RANGE.max),
        step: 0.02,
        value: Math.log10(current() / range),
        text: (value) => text(10 ** value * range),
        change(value) {
          output.textContent = text(10 ** value * range);
          set(10 ** value);
        },
      }),
      output,
      button({
        label: 'Reset',
        description: 'Back to the recorded kernel width',
        press() {
          set(null);
          show();
        },
      }),
    );
  };
  show();
  return element;
}

function productsText({ products, ritz, exact }: HessianSpectrum): string {
  if (exact) return 'Every eigenvalue was computed.';
  const probes = ritz?.length ?? 0;
  return `${counted(products, 'Hessian product')}${probes > 0 ? `, ${counted(probes, 'probe')}` : ''}.`;
}
