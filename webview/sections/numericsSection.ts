import type { HeadroomMeasurement, NumericsMeasurement, Report } from '../../src/report/report';
import { formatCount } from '../../src/text/counts';
import { formatNumber } from '../../src/text/numbers';
import { factorChart } from '../charts/factors';
import { h } from '../dom';
import { scrollArea } from '../scrollArea';
import { table } from '../table';
import { thresholdsOf } from '../thresholds';
import { multiple } from './multiple';
import { headroomBars, headroomRows, troubleRows } from './numericsRows';
import { chartSection } from './section';
import type { Drawing, PageContext, Section } from './section';

interface GraphNumbers {
  numerics: NumericsMeasurement;
  headroom: HeadroomMeasurement;
  /** The headroom below which the verdict is present. */
  limits: number[];
}

/** Shows which nodes of the user's own graph make NaN, ∞ or numbers near the end of their type. */
export function numericsSection(context: PageContext): Section {
  return chartSection<GraphNumbers>(context, {
    id: 'numerics',
    title: 'Numbers of the graph',
    hint: 'The model’s own operators, run as the file has them. A node is listed if it makes NaN or ∞ of other numbers, loses small numbers to 0 before a logarithm or a division, or would overflow in a narrower type.',
    part: 'dynamics',
    select,
    render({ numerics, headroom, limits }, draw) {
      const { samples, of, values, nodes } = headroom;
      const some = samples < of ? `the first ${formatCount(samples)} of ${formatCount(of)}` : formatCount(of);
      draw.body(
        numerics.length > 0 &&
          scrollArea(
            'Table of the nodes with trouble',
            [table(['Node', 'Problem', 'Fed by', 'Value'], troubleRows(numerics), 3)],
            'numbers-of-nodes',
          ),
        nodes.length > 0 &&
          h(
            'div',
            { class: 'small-multiples' },
            headroomChart(draw, headroom, limits),
            scrollArea('Table of the headroom', [
              table(['Node', 'Headroom', 'Operand', 'Limit'], headroomRows(headroom), 1),
            ]),
          ),
        h('p', { class: 'caption' }, `${formatCount(values)} values were examined on ${some} samples.`),
      );
    },
  });
}

/** A graph without any trouble has nothing to show; the verdict says what was examined. */
function select(report: Report): GraphNumbers | undefined {
  const { numerics, headroom } = report.dynamics ?? {};
  if (!numerics || !headroom || numerics.length + headroom.nodes.length === 0) return undefined;
  const limits = thresholdsOf(report, 'numerical-trouble', (name) => name.includes('headroom'));
  return { numerics, headroom, limits };
}

function headroomChart(draw: Drawing, headroom: HeadroomMeasurement, limits: readonly number[]): HTMLElement {
  const bars = headroomBars(headroom);
  const least = bars.reduce((a, b) => (b.value < a.value ? b : a));
  const told =
    least.value < 1
      ? `«${least.name}» overflows: what it reads is beyond the limit.`
      : `Least headroom: «${least.name}», a factor of ${formatNumber(least.value, 2)}.`;
  const dashed = limits.length > 0 ? ' Left of the dashed line there is too little.' : '';
  return multiple(draw, {
    title: 'Headroom before overflow',
    summary: `${told}${dashed}`,
    rows: bars.length,
    configure: (theme) =>
      factorChart(
        bars,
        { title: 'largest finite number / result', limits, faultBelow: true, zero: 'overflows' },
        theme,
      ),
  });
}
