import type { Check } from '../src/report/sections/checks';
import { checkMark } from './checkMark';
import { svg } from './dom';

const WIDTH = 96;

/** Draws how far a check's value is from its limit, in decades. A line marks the limit, and a dot the value. */
export function checkRuler({ value, limit }: Pick<Check, 'value' | 'limit'>): Node | null {
  const mark = checkMark(value, limit);
  if (!mark) return null;
  const x = (place: number): number => Number((place * WIDTH).toFixed(2));
  return svg(
    'svg',
    { width: WIDTH, height: 16, viewBox: `0 0 ${WIDTH} 16`, 'aria-hidden': 'true' },
    svg('line', { class: 'base', x1: 0, x2: WIDTH, y1: 8, y2: 8 }),
    svg('line', { class: 'limit', x1: x(mark.limit), x2: x(mark.limit), y1: 1, y2: 15 }),
    svg('circle', { class: 'dot', cx: x(mark.value), cy: 8, r: 3.5 }),
  );
}
