import { mountChart } from '../charts/mount';
import type { ChartOptions } from '../charts/mount';
import type { ChartType, DefaultDataPoint } from 'chart.js';
import { h } from '../dom';
import { keepFiguresWhole } from '../format';
import type { Drawing } from './section';

/** A chart among small ones of equal width, with its title above and a sentence below. */
export interface Multiple<T extends ChartType, D, L> extends Pick<ChartOptions<T, D, L>, 'configure'> {
  title: string;
  summary: string;
  /** Number of rows of a chart of horizontal bars, which decides its height. */
  rows?: number;
  /** Whether the chart is as high as wide. */
  square?: boolean;
}

export function multiple<T extends ChartType, D = DefaultDataPoint<T>, L = unknown>(
  draw: Drawing,
  { title, summary, rows, square = false, configure }: Multiple<T, D, L>,
): HTMLElement {
  const figure = mountChart({
    name: title,
    summary,
    height: square ? (width) => width : rows === undefined ? heightOf : () => rows * ROW_HEIGHT + AXIS_HEIGHT,
    configure,
  });
  return h(
    'div',
    { class: square ? 'multiple square' : 'multiple' },
    h('h3', {}, title),
    h('div', { class: 'tall' }, draw.figure(figure, title)),
    h('p', { class: 'caption' }, keepFiguresWhole(summary)),
  );
}

const ROW_HEIGHT = 20;
const AXIS_HEIGHT = 60;

const heightOf = (width: number): number => Math.min(Math.max(width * 0.62, 210), 300);
