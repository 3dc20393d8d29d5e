import type { Report } from '../../src/report/report';
import type { DrawnNoise } from '../charts/batchCosine';
import { batchCosineChart, batchCosineSummary } from '../charts/batchCosine';
import type { DrawnDescent } from '../charts/descent';
import { descentChart, descentSummary } from '../charts/descent';
import { mountChart } from '../charts/mount';
import { h } from '../dom';
import { chartSection } from './section';
import type { Drawing, PageContext, Section } from './section';

interface Shown {
  descent: DrawnDescent | null;
  noise: DrawnNoise | null;
}

/** Shows where the gradient leads: the measured descent along it, and how much of it a batch of samples sees. */
export function descentSection(context: PageContext): Section {
  return chartSection<Shown>(context, {
    id: 'descent',
    title: 'Where the gradient leads',
    hint: 'How far a step along −∇L really lowers the loss, and how large a batch has to be to see that direction.',
    part: 'dynamics',
    select,
    render({ descent, noise }, draw) {
      draw.body(
        h(
          'div',
          { class: 'small-multiples' },
          descent &&
            multiple(draw, 'Descent along −∇L', descentSummary(descent), (theme) => descentChart(descent, theme)),
          noise && multiple(draw, 'Batch size', batchCosineSummary(noise), (theme) => batchCosineChart(noise, theme)),
        ),
      );
    },
  });
}

function select({ objective, gradient, dynamics }: Report): Shown | undefined {
  if (!objective || !gradient || !(dynamics?.descent ?? dynamics?.noise)) return undefined;
  const { descent, noise } = dynamics;
  const { loss, samples } = objective;
  return {
    descent: descent ? { descent, loss, gradient } : null,
    noise: noise && noise.traceOfCovariance.value > 0 ? { noise, gradientNorm: gradient.norm, samples } : null,
  };
}

function multiple(
  draw: Drawing,
  title: string,
  summary: string,
  configure: Parameters<typeof mountChart>[0]['configure'],
): HTMLElement {
  const figure = mountChart({
    name: title,
    summary,
    height: (width) => Math.min(Math.max(width * 0.62, 190), 300),
    configure,
  });
  return h(
    'div',
    { class: 'multiple' },
    h('h3', {}, title),
    draw.figure(figure, title),
    h('p', { class: 'caption' }, summary),
  );
}
