import type { ChartConfiguration } from 'chart.js';
import type { Escape } from '../../src/report/sections/dynamics/escape';
import { counted } from '../../src/text/counts';
import { formatNumber } from '../../src/text/numbers';
import { faded } from '../color';
import type { Theme } from '../theme';
import { axis } from './axis';
import { gapLabels } from './barMarks';
import { verticalMarks } from './marks';
import { rowBars } from './rowBars';

/** Attempts to leave θ, and the loss there. */
export interface DrawnEscapes {
  escapes: readonly Escape[];
  loss: number;
}

/** The axis spans at least this share of the loss, so that a tiny descent looks tiny. */
const LEAST_REACH = 0.1;

/** Whether an attempt found a lower loss without a rise on the way, both beyond the resolution of the loss. */
function isWayOut({ loss, rise, error }: Escape, here: number): boolean {
  return here - loss > error && rise <= error;
}

/**
 * Draws the lowest loss that each attempt found, as a bar that hangs on the loss at θ. A way that leads over a rise is
 * lighter; an attempt that found nothing lower is a gap with a label.
 */
export function waysOutChart(
  { escapes, loss: here }: DrawnEscapes,
  theme: Theme,
): ChartConfiguration<'bar', ([number, number] | null)[], string> {
  const rows = escapes.map((escape) => ({ ...escape, name: wayName(escape.direction) }));
  const isLower = ({ loss, error }: Escape): boolean => here - loss > error;
  const lowest = Math.min(here, ...escapes.map(({ loss }) => loss).filter(Number.isFinite));
  const reach = Math.max(here - lowest, LEAST_REACH * Math.abs(here), Number.EPSILON);
  return rowBars(
    rows,
    {
      label: 'lowest loss found',
      extent: (row): [number, number] | null => (isLower(row) ? [row.loss, here] : null),
      fill: (row) => faded(theme.series[0], isWayOut(row, here) ? 0.85 : 0.35),
      border: () => theme.series[0],
      x: axis('lowest loss found', theme, 'linear', { min: here - 1.05 * reach, max: here + 0.05 * reach }),
      told: wayText,
      neverInvisible: true,
      plugins: [
        verticalMarks([{ at: here, color: theme.muted }], [], theme),
        gapLabels((row) => (isLower(row) ? null : 'nothing lower'), rows, theme),
      ],
    },
    theme,
  );
}

function wayName(direction: string): string {
  const [kind, number] = direction.split('/');
  if (kind === 'bottom') return 'along +v_min';
  if (kind === '−bottom') return 'along −v_min';
  return `from random point ${number}`;
}

function wayText({ loss, step, rise, error }: Escape): string[] {
  return [
    `loss ${formatNumber(loss)} at a distance of ${formatNumber(step, 3)}`,
    ...(rise > error ? [`rises by ${formatNumber(rise, 2)} on the straight way`] : []),
  ];
}

/** Says how many attempts found a way out, and the best of them. */
export function waysOutSummary({ escapes, loss: here }: DrawnEscapes): string {
  const ways = escapes.filter((escape) => isWayOut(escape, here));
  const tried = counted(escapes.length, 'attempt');
  const scale = 'The line at the right is the loss here.';
  if (ways.length === 0) return `None of ${tried} to leave found a lower loss without a rise on the way. ${scale}`;
  const best = ways.reduce((a, b) => (b.loss < a.loss ? b : a));
  return `${ways.length} of ${tried} to leave found a way down. The best one leads ${wayName(best.direction)} from ${formatNumber(here)} to ${formatNumber(best.loss)}. ${scale}`;
}
