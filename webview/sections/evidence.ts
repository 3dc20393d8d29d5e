import type { Finding } from '../../src/report/report';
import { formatEvidence, formatNumber, formatWithError } from '../../src/text/numbers';
import { h, svg } from '../dom';
import { evidenceScale } from '../evidenceScale';

/** The figures of a verdict: each with its error and, where the verdict compares it with one, against its threshold. */
export function evidenceList(evidence: Finding['evidence']): HTMLElement {
  return h('dl', {}, ...evidence.map(entry));
}

function entry({ name, value, error, threshold }: Finding['evidence'][number]): HTMLElement {
  const limit = threshold === undefined ? undefined : formatNumber(threshold, 3);
  const scale = threshold === undefined ? null : scaleOf(value, error, threshold);
  return h(
    'div',
    {},
    h('dt', {}, name),
    h(
      'dd',
      {},
      h('span', { class: 'number', title: formatWithError(value, error) }, formatEvidence(value, error)),
      limit !== undefined && h('span', { class: scale ? 'visually-hidden' : 'threshold' }, `threshold ${limit}`),
      scale,
    ),
  );
}

const WIDTH = 240;
const HEIGHT = 34;
/** Height of the line on which the marks stand. */
const LINE = 11;
/** Marks closer than this share of the width would have labels on top of each other. */
const CLOSE = 0.16;

/** Draws figure, error bar and threshold on one labelled line. Screen readers read the numbers instead. */
function scaleOf(value: number, error: number, threshold: number): SVGElement | null {
  const scale = evidenceScale(value, error, threshold);
  if (!scale) return null;
  const x = (place: number): number => Number((place * WIDTH).toFixed(1));
  const label = (place: number, text: string) =>
    svg('text', { x: x(place), y: HEIGHT - 5, 'text-anchor': anchor(place) }, text);
  const zeroIsApart =
    scale.zero !== null && Math.abs(scale.zero - scale.threshold) > CLOSE * (scale.threshold > 0.6 ? 3 : 1);
  return svg(
    'svg',
    { class: 'scale', width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, 'aria-hidden': 'true' },
    svg('line', { class: 'base', x1: 0, x2: WIDTH, y1: LINE, y2: LINE }),
    scale.zero !== null &&
      svg('line', { class: 'zero', x1: x(scale.zero), x2: x(scale.zero), y1: LINE - 4, y2: LINE + 4 }),
    svg('line', { class: 'limit', x1: x(scale.threshold), x2: x(scale.threshold), y1: 2, y2: LINE + 9 }),
    scale.error && svg('line', { class: 'span', x1: x(scale.error.from), x2: x(scale.error.to), y1: LINE, y2: LINE }),
    svg('circle', { class: 'dot', cx: x(scale.value), cy: LINE, r: 4 }),
    label(scale.threshold, `threshold ${formatNumber(threshold, 3)}${scale.logarithmic ? ' (log scale)' : ''}`),
    zeroIsApart && label(scale.zero!, '0'),
  );
}

/** Keeps a label inside the drawing. */
const anchor = (place: number): string => (place < 0.3 ? 'start' : place > 0.7 ? 'end' : 'middle');
