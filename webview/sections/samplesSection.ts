import type { Report, SurrogateMeasurement } from '../../src/report/report';
import { formatNumber, formatPercent } from '../../src/text/numbers';
import type { DrawnShares } from '../charts/lossShares';
import { lossSharesChart, lossSharesSummary } from '../charts/lossShares';
import { reliabilityChart, reliabilitySummary } from '../charts/reliability';
import { h } from '../dom';
import { scrollArea } from '../scrollArea';
import { table } from '../table';
import { multiple } from './multiple';
import { chartSection } from './section';
import type { PageContext, Section } from './section';

/** Shows which samples carry the loss, and whether the model is as sure as it is right. */
export function samplesSection(context: PageContext): Section {
  return chartSection<SurrogateMeasurement>(context, {
    id: 'samples',
    title: 'Losses of single samples',
    hint: 'Training lowers the mean loss. Where few samples carry most of it, their targets decide what is learnt.',
    part: 'dynamics',
    select: ({ dynamics }: Report) =>
      dynamics?.surrogate && (dynamics.surrogate.concentration ?? dynamics.surrogate.calibration)
        ? dynamics.surrogate
        : undefined,
    render({ concentration, worst, worstSamples, calibration }, draw) {
      const shares: DrawnShares | null = concentration ? { concentration, worst } : null;
      draw.body(
        h(
          'div',
          { class: 'small-multiples' },
          shares &&
            multiple(draw, {
              title: 'Share of the loss',
              summary: lossSharesSummary(shares),
              configure: (theme) => lossSharesChart(shares, theme),
            }),
          calibration &&
            multiple(draw, {
              title: 'Confidence and accuracy',
              summary: reliabilitySummary(calibration),
              configure: (theme) => reliabilityChart(calibration, theme),
            }),
          worstSamples.length > 0 && worstTable(worstSamples),
        ),
      );
    },
  });
}

/** Number of samples in the table. */
const LISTED = 10;

function worstTable(samples: SurrogateMeasurement['worstSamples']): HTMLElement {
  const classed = samples.some(({ wrong }) => wrong !== undefined);
  return h(
    'div',
    { class: 'multiple worst-samples' },
    h('h3', {}, 'Largest losses'),
    scrollArea('Table of the largest losses', [
      table(
        ['Sample, from 0', ...(classed ? ['Answer'] : []), 'Loss', ...(classed ? ['Sure by'] : [])],
        samples
          .slice(0, LISTED)
          .map(({ index, loss, wrong, confidence }) => [
            String(index),
            ...(classed ? [wrong === undefined ? '' : wrong ? 'wrong' : 'right'] : []),
            formatNumber(loss),
            ...(classed ? [confidence === undefined ? '' : formatPercent(confidence)] : []),
          ]),
        classed ? 2 : 1,
      ),
    ]),
  );
}
