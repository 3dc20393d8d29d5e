import type { Theme } from '../theme';

/** The stroke of a curve without points, whose legend is a line. */
export function curveStroke(color: string, theme: Theme) {
  return {
    borderColor: color,
    backgroundColor: color,
    borderWidth: theme.highContrast ? 2.5 : 1.75,
    pointRadius: 0,
    pointHoverRadius: 4,
    pointStyle: 'line' as const,
  };
}
