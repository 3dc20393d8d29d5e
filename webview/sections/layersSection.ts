import type { GradientMeasurement, ModelSummary } from '../../src/report/report';
import { formatNumber, formatWithError } from '../../src/text/numbers';
import { layerBars, layerChart, layerSummary } from '../charts/layers';
import { mountChart } from '../charts/mount';
import { segmented } from '../components';
import { h } from '../dom';
import { chartSection } from './section';
import type { PageContext, Section } from './section';

interface Layers {
  gradient: GradientMeasurement;
  model: ModelSummary;
}

/** Shows the gradient norm of every parameter tensor. */
export function layersSection(context: PageContext): Section {
  const { memory, remember } = context;
  return chartSection<Layers>(context, {
    id: 'layers',
    title: 'Gradient by layer',
    hint: 'Norm of the gradient of every parameter tensor, in network order. Biases and scales are lighter.',
    waiting: 'The gradient is still to come.',
    part: 'gradient',
    select: ({ gradient, model }) => (gradient && gradient.byParameter.length > 0 ? { gradient, model } : undefined),
    render({ gradient, model }, draw) {
      const { perParameter } = memory.layers;
      draw.toolbar(
        segmented(
          'Measure',
          [
            { value: 'norm', label: 'Norm' },
            { value: 'element', label: 'Per element' },
          ],
          perParameter ? 'element' : 'norm',
          (chosen) => {
            memory.layers.perParameter = chosen === 'element';
            remember();
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
      );
    },
  });
}

function wholeNorm({ norm, samplingError }: GradientMeasurement): string {
  return samplingError === undefined
    ? formatNumber(norm)
    : `${formatWithError(norm, samplingError)} (standard error over samples)`;
}
