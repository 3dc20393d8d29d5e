import type { ParameterMeasurement } from '../../src/report/report';
import { formatCount } from '../../src/text/counts';
import { formatEstimate } from '../../src/report/text/estimates';
import { formatNumber } from '../../src/text/numbers';
import { mountChart } from '../charts/mount';
import { largestBars, partSummary, weightBars } from '../charts/partBars';
import { canBeLog, partChart } from '../charts/parts';
import { segmented } from '../components';
import { h } from '../dom';
import { keepFiguresWhole } from '../format';
import { chartSection } from './section';
import type { PageContext, Section } from './section';

/** Shows measures of curvature that do not change when the weights are rescaled without a change of the function. */
export function companionsSection(context: PageContext): Section {
  const { memory, remember } = context;
  return chartSection<ParameterMeasurement>(context, {
    id: 'companions',
    title: 'Independent of how the weights are scaled',
    hint: 'Raw eigenvalues change when a layer is scaled up and the next one down; these figures do not.',
    part: 'spectrum',
    select: ({ parameters }) =>
      parameters &&
      (parameters.filterNormalizedCurvature ||
        parameters.symmetry !== undefined ||
        weightBars(parameters.byParameter).length > 0)
        ? parameters
        : undefined,
    render({ filterNormalizedCurvature: curvature, symmetry, byParameter, curvature: along }, draw) {
      const bars = largestBars(weightBars(byParameter), 'weights');
      const scale = canBeLog(bars) ? memory.companions.scale : 'linear';
      const summary = partSummary(bars, 'weights');
      draw.toolbar(
        bars.length > 0 &&
          segmented(
            'Axis',
            [
              { value: 'linear', label: 'Linear' },
              { value: 'log', label: 'Log', disabled: canBeLog(bars) ? undefined : 'Nothing here is positive.' },
            ],
            scale,
            (chosen) => {
              memory.companions.scale = chosen;
              remember();
              draw.again();
            },
          ),
      );
      draw.body(
        symmetry !== undefined && h('p', { class: 'banner info', role: 'note' }, keepFiguresWhole(symmetry)),
        (curvature !== undefined || along !== undefined) &&
          h(
            'dl',
            { class: 'figures plain' },
            curvature &&
              figure(
                'Filter-normalized curvature dᵀHd',
                formatEstimate(curvature),
                `mean over ${formatCount(curvature.directions)} random directions`,
              ),
            along !== undefined && figure('θᵀHθ', formatNumber(along), 'along all weights at once'),
          ),
        bars.length > 0 &&
          h(
            'div',
            { class: 'tall' },
            draw.figure(
              mountChart({
                name: 'Curvature along the weights of each tensor',
                summary,
                height: () => bars.length * 20 + 60,
                configure: (theme) => partChart(bars, 'weights', scale, theme),
              }),
              'Curvature along the weights of each tensor',
            ),
          ),
        bars.length > 0 && h('p', { class: 'caption' }, summary),
      );
    },
  });
}

function figure(name: string, value: string, note: string): HTMLElement {
  return h(
    'div',
    { class: 'figure-item' },
    h('dt', {}, name),
    h('dd', {}, h('span', { class: 'value' }, value), h('span', { class: 'note' }, note)),
  );
}
