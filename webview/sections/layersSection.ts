import type { GradientMeasurement, ModelSummary, ParameterMeasurement } from '../../src/report/report';
import { formatNumber, formatWithError } from '../../src/text/numbers';
import { brush } from '../charts/brush';
import { layerBars, layerChart, layerSummary } from '../charts/layers';
import { mountChart } from '../charts/mount';
import { segmented } from '../components';
import { h } from '../dom';
import { layerRows, layerTable } from './layerTable';
import { chartSection } from './section';
import type { PageContext, Section } from './section';

interface Layers {
  gradient: GradientMeasurement;
  model: ModelSummary;
  parameters: ParameterMeasurement | undefined;
}

/** Shows the gradient norm of every parameter tensor. */
export function layersSection(context: PageContext): Section {
  const { memory, remember } = context;
  brush.set('layer', memory.layers.chosen);
  return chartSection<Layers>(context, {
    id: 'layers',
    title: 'Gradient by layer',
    hint: 'Norm of the gradient of every parameter tensor, in network order. Biases and scales are lighter. A tensor chosen in the table is marked in all charts by layer.',
    waiting: 'The gradient is still to come.',
    part: 'gradient',
    select: ({ gradient, model, parameters }) =>
      gradient && gradient.byParameter.length > 0 ? { gradient, model, parameters } : undefined,
    render({ gradient, model, parameters }, draw) {
      const { perParameter } = memory.layers;
      const keep = (changed: Partial<typeof memory.layers>): void => {
        Object.assign(memory.layers, changed);
        remember();
      };
      draw.toolbar(
        segmented(
          'Measure',
          [
            { value: 'norm', label: 'Norm' },
            { value: 'element', label: 'Per element' },
          ],
          perParameter ? 'element' : 'norm',
          (chosen) => {
            keep({ perParameter: chosen === 'element' });
            draw.again();
          },
        ),
      );
      const bars = layerBars(gradient, model, perParameter);
      const summary = layerSummary(bars);
      const figure = mountChart({
        name: 'Gradient norm by layer',
        summary,
        height: () => bars.length * 20 + 60,
        configure: (theme) => layerChart(bars, perParameter, theme),
      });
      draw.body(
        h('div', { class: 'tall' }, draw.figure(figure, 'Gradient norm by layer')),
        h('p', { class: 'caption' }, `‖∇L‖ = ${wholeNorm(gradient)}. ${summary}`),
        layerTable(layerRows(gradient, model, parameters), {
          sort: memory.layers.sort,
          chosen: memory.layers.chosen,
          resort: (sort) => keep({ sort }),
          choose(chosen) {
            keep({ chosen });
            brush.set('layer', chosen);
          },
        }),
      );
    },
  });
}

function wholeNorm({ norm, samplingError }: GradientMeasurement): string {
  return samplingError === undefined
    ? formatNumber(norm)
    : `${formatWithError(norm, samplingError)} (standard error over samples)`;
}
