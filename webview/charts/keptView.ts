import type { Chart } from 'chart.js';

/** What a reader changed in a chart: kept through new data, a change of theme and a reload of the page. */
export interface KeptView {
  /** The range of each axis that is zoomed. */
  zoom?: Record<string, { min: number; max: number }>;
  /** Names of the series that are hidden. */
  hidden?: string[];
}

/** Reads off a chart what a reader changed. */
export function viewOf(chart: Chart): KeptView {
  const hidden = chart.data.datasets.flatMap(({ label = '' }, i) =>
    label !== '' && !chart.isDatasetVisible(i) ? [label] : [],
  );
  const zoomed = chart.isZoomedOrPanned();
  const zoom = Object.entries(chart.getInitialScaleBounds()).flatMap(([id, initial]) => {
    const scale = chart.scales[id];
    if (!zoomed || !scale || (scale.min === initial.min && scale.max === initial.max)) return [];
    return [[id, { min: scale.min, max: scale.max }] as const];
  });
  return {
    ...(hidden.length > 0 ? { hidden } : {}),
    ...(zoom.length > 0 ? { zoom: Object.fromEntries(zoom) } : {}),
  };
}

/** Shows a new chart as the reader left the last one. A range that the new data do not reach is dropped. */
export function restoreView(chart: Chart, { zoom = {}, hidden = [] }: KeptView): void {
  chart.data.datasets.forEach(({ label = '' }, i) => {
    if (label !== '' && hidden.includes(label)) chart.setDatasetVisibility(i, false);
  });
  if (hidden.length > 0) chart.update('none');
  for (const [id, range] of Object.entries(zoom)) {
    const scale = chart.scales[id];
    const [min, max] = [Math.max(range.min, scale?.min ?? NaN), Math.min(range.max, scale?.max ?? NaN)];
    if (min < max) chart.zoomScale(id, { min, max }, 'none');
  }
}
