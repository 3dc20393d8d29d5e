import { formatDecade, formatTick } from '../format';
import type { Theme } from '../theme';

export interface AxisOptions {
  min?: number;
  max?: number;
  reverse?: boolean;
  offset?: boolean;
  position?: 'left' | 'right' | 'bottom' | 'top';
  /** False: no grid lines, where another axis draws them already. */
  grid?: boolean;
  /** Fixed ticks instead of chosen ones, with their labels. */
  ticks?: { value: number; label: string }[];
}

/** One axis: its name (with the unit), quiet grid lines, and ticks written by the page's own formatter. */
export function axis(
  title: string,
  theme: Theme,
  type: 'linear' | 'logarithmic' = 'linear',
  { ticks, grid = true, ...rest }: AxisOptions = {},
) {
  const labels = new Map(ticks?.map(({ value, label }) => [value, label]));
  return {
    type,
    ...rest,
    title: { display: title !== '', text: title, color: theme.muted, font: { size: theme.fontSize - 1 } },
    border: { display: theme.highContrast, color: theme.foreground },
    grid: { display: grid, color: theme.grid, lineWidth: 1, drawTicks: false },
    afterBuildTicks: (scale: { ticks: { value: number }[] }) => {
      if (ticks) scale.ticks = ticks.map(({ value }) => ({ value }));
      else if (type === 'logarithmic') scale.ticks = decadesOnly(scale.ticks);
    },
    ticks: {
      color: theme.muted,
      padding: 6,
      maxRotation: 0,
      includeBounds: false,
      autoSkip: ticks === undefined,
      autoSkipPadding: 16,
      font: { size: ticks ? theme.fontSize : theme.fontSize - 2 },
      callback: (value: string | number): string => {
        const known = labels.get(Number(value));
        if (known !== undefined) return known;
        // Within one decade the steps in between are labelled, too.
        return type === 'logarithmic'
          ? formatDecade(Number(value)) || formatTick(Number(value))
          : formatTick(Number(value));
      },
    },
  };
}

/** Whole decades, once there are two of them; a shorter axis keeps what it has. */
function decadesOnly(ticks: { value: number }[]): { value: number }[] {
  const decades = ticks.filter(({ value }) => formatDecade(value) !== '');
  return decades.length >= 2 ? decades : ticks;
}

/** Tooltip in the editor's hover colours. */
export function tooltip(theme: Theme) {
  return {
    backgroundColor: theme.tooltip.background,
    titleColor: theme.tooltip.foreground,
    bodyColor: theme.tooltip.foreground,
    borderColor: theme.tooltip.border,
    borderWidth: 1,
    cornerRadius: 3,
    padding: 8,
    displayColors: false,
    titleFont: { weight: 'normal' as const },
  };
}

/** Legend as a quiet line above the chart, only where there is more than one thing to tell apart. */
export function legend(theme: Theme, display = true) {
  return {
    display,
    align: 'start' as const,
    labels: {
      color: theme.muted,
      usePointStyle: true,
      boxHeight: 8,
      boxWidth: 14,
      padding: 12,
      font: { size: theme.fontSize - 1 },
    },
  };
}

/** Drag a box, pinch, or hold Ctrl and turn the wheel: a bare wheel scrolls the page. */
export function zoom(mode: 'x' | 'xy', theme: Theme) {
  return {
    zoom: {
      mode,
      drag: { enabled: true, threshold: 6, backgroundColor: theme.grid, borderColor: theme.muted, borderWidth: 1 },
      wheel: { enabled: true, modifierKey: 'ctrl' as const },
      pinch: { enabled: true },
    },
    limits: {
      x: { min: 'original' as const, max: 'original' as const },
      y: { min: 'original' as const, max: 'original' as const },
    },
  };
}
