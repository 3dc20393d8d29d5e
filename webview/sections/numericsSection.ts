import type { HeadroomMeasurement, NumericsMeasurement } from '../../src/report/report';
import { formatCount } from '../../src/text/counts';
import { h } from '../dom';
import { table } from '../table';
import { headroomRows, troubleRows } from './numericsRows';
import { chartSection } from './section';
import type { PageContext, Section } from './section';

interface GraphNumbers {
  numerics: NumericsMeasurement;
  headroom: HeadroomMeasurement;
}

/** Shows which nodes of the user's own graph make NaN, ∞ or numbers near the end of their type. */
export function numericsSection(context: PageContext): Section {
  return chartSection<GraphNumbers>(context, {
    id: 'numerics',
    title: 'Numbers of the graph',
    hint: 'The model’s own operators, run as the file has them. A node is listed if it makes NaN or ∞ of other numbers, loses small numbers to 0 before a logarithm or a division, or would overflow in a narrower type.',
    part: 'dynamics',
    // A graph without any of these has nothing to show; the verdict says what was examined.
    select: ({ dynamics: { numerics, headroom } = {} }) =>
      numerics && headroom && (numerics.length > 0 || headroom.nodes.length > 0) ? { numerics, headroom } : undefined,
    render({ numerics, headroom }, draw) {
      const { samples, of, values, nodes } = headroom;
      const some = samples < of ? `the first ${formatCount(samples)} of ${formatCount(of)}` : formatCount(of);
      draw.body(
        numerics.length > 0 &&
          h(
            'div',
            { class: 'scroll-x numbers-of-nodes' },
            table(['Node', 'Problem', 'Fed by', 'Value'], troubleRows(numerics), 3),
          ),
        nodes.length > 0 &&
          h(
            'div',
            { class: 'scroll-x numbers-of-nodes' },
            table(['Node', 'Headroom', 'Operand', 'Limit'], headroomRows(headroom), 1),
          ),
        h('p', { class: 'caption' }, `${formatCount(values)} values were examined on ${some} samples.`),
      );
    },
  });
}
