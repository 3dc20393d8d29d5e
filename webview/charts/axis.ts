import { formatDecade, formatTick } from '../format';
import type { Theme } from '../theme';

export interface AxisOptions {
  min?: number;
  max?: number;
  /** The axis reaches at least this far, and further where the data do. */
  suggestedMin?: number;
  suggestedMax?: number;
  reverse?: boolean;
  offset?: boolean;
  position?: 'left' | 'right' | 'bottom' | 'top';
  /** False leaves out the grid lines, for charts where another axis draws them. */
  grid?: boolean;
  /** True for counts, such as layers and steps: no tick stands between two of them. */
  whole?: boolean;
  /** Fixed ticks with their labels. Without them the axis chooses its own ticks. */
  ticks?: { value: number; label: string }[];
}

/** Configures one axis, with its name and unit, faint grid lines, and ticks in the page's own number format. */
export function axis(
  title: string,
  theme: Theme,
  type: 'linear' | 'logarithmic' = 'linear',
  { ticks, grid = true, whole = false, ...rest }: AxisOptions = {},
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
      else if (type === 'logarithmic') scale.ticks = logTicks(scale.ticks);
      else if (whole) scale.ticks = scale.ticks.filter(({ value }) => Number.isInteger(value));
    },
    ticks: {
      color: theme.muted,
      padding: 6,
      maxRotation: 0,
      includeBounds: false,
      autoSkip: ticks === undefined,
      autoSkipPadding: 16,
      font: { size: ticks ? theme.fontSize : theme.fontSize - 2 },
      callback: (value: string | number, _index: number, shown: { value: number }[]): string => {
        const known = labels.get(Number(value));
        if (known !== undefined) return known;
        // An axis shorter than two decades has ticks that are no powers of ten, which get labels as well.
        return type === 'logarithmic'
          ? formatDecade(Number(value)) || formatTick(Number(value), shown)
          : formatTick(Number(value), shown);
      },
    },
  };
}

/** Largest number of ticks of a log axis that spans less than two decades. */
const MOST_LOG_TICKS = 6;

/** Keeps only the ticks at whole decades. An axis with fewer than two of them keeps ticks that leave each other room. */
export function logTicks(ticks: readonly { value: number }[]): { value: number }[] {
  const decades = ticks.filter(({ value }) => formatDecade(value) !== '');
  const [first, last] = [ticks[0], ticks[ticks.length - 1]];
  if (decades.length >= 2 || !first || !last) return decades;
  const gap = Math.log(last.value / first.value) / MOST_LOG_TICKS;
  const kept = [first];
  for (const tick of ticks) {
    if (Math.log(tick.value / kept[kept.length - 1]!.value) >= gap) kept.push(tick);
  }
  return kept;
}

/** Configures a tooltip in the colours of the editor's hovers. */
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

/** Configures a legend as one line above the chart. Callers display it where the chart has more than one series. */
export function legend(theme: Theme, display = true) {
  return {
    display,
    align: 'start' as const,
    labels: {
      color: theme.muted,
      usePointStyle: true,
      boxHeight: 5,
      boxWidth: 14,
      padding: 12,
      font: { size: theme.fontSize - 1 },
    },
  };
}

/**
 * Zooms when the reader turns the wheel with Ctrl or ⌘ held, drags a box with Shift held, or pinches. Dragging alone
 * moves what is zoomed, and a bare wheel scrolls the page.
 */
export function zoom(mode: 'x' | 'xy', theme: Theme) {
  return {
    zoom: {
      mode,
      drag: {
        enabled: true,
        modifierKey: 'shift' as const,
        threshold: 6,
        backgroundColor: theme.grid,
        borderColor: theme.muted,
        borderWidth: 1,
      },
      wheel: { enabled: true, modifierKey: 'ctrl' as const },
      pinch: { enabled: true },
    },
    pan: { enabled: true, mode, threshold: 6 },
    limits: {
      x: { min: 'original' as const, max: 'original' as const },
      y: { min: 'original' as const, max: 'original' as const },
    },
  };
}
