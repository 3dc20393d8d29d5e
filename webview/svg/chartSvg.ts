import { BasicPlatform, Chart } from 'chart.js';
import type { ChartConfiguration, ChartType } from 'chart.js';
import type { Theme } from '../theme';
import { SvgContext } from './svgContext';
import { attributes, canvasMeasure, escaped, rounded } from './svgText';
import type { TextMeasure } from './svgText';

/** What a drawing needs besides its shapes, to stand alone. */
export interface DrawingFrame {
  width: number;
  height: number;
  /** Stands above the drawing and names it. */
  title: string;
  /** Says what the drawing shows, for readers who cannot see it. */
  summary: string;
}

const MARGIN = 16;
const HEADING = 28;

/** Width of a letter of the title, generously. */
const TITLE_LETTER = 8.6;

/**
 * Draws a chart a second time, on a context that records SVG: the same configuration at the same size, with the zoom
 * and the series that the reader chose.
 */
export function chartSvg<T extends ChartType, D, L>(
  shown: Chart<T, D, L>,
  configuration: ChartConfiguration<T, D, L>,
  frame: Omit<DrawingFrame, 'width' | 'height'>,
  theme: Theme,
): string {
  const { width, height } = shown;
  const markup = chartMarkup(configuration, { width, height }, canvasMeasure(), asShown(shown));
  return svgDocument(markup, { width, height, ...frame }, theme);
}

/** Gives a drawing the zoom and the series of the chart that is shown. */
export function asShown<T extends ChartType, D, L>(shown: Chart<T, D, L>): (chart: Chart<T, D, L>) => void {
  return (chart) => {
    for (const [id, scale] of Object.entries(shown.scales)) {
      const options = chart.options?.scales as Record<string, { min?: unknown; max?: unknown }> | undefined;
      if (options?.[id] && shown.isZoomedOrPanned()) Object.assign(options[id], { min: scale.min, max: scale.max });
    }
    shown.data.datasets.forEach((_, index) => chart.setDatasetVisibility(index, shown.isDatasetVisible(index)));
  };
}

/** Draws a chart on a recording context. `prepare` may change it before it is drawn. */
export function chartMarkup<T extends ChartType, D, L>(
  configuration: ChartConfiguration<T, D, L>,
  { width, height }: { width: number; height: number },
  measure: TextMeasure,
  prepare: (chart: Chart<T, D, L>) => void = () => undefined,
): string {
  const canvas = { width, height, getContext: () => context };
  const context = new SvgContext(canvas, measure);
  const { options } = configuration;
  const chart = new Chart<T, D, L>(canvas as unknown as HTMLCanvasElement, {
    ...configuration,
    platform: BasicPlatform,
    options: {
      ...options,
      responsive: false,
      maintainAspectRatio: false,
      devicePixelRatio: 1,
      animation: false,
      events: [],
      // Lines with an option for segments are drawn on the context itself. Others become a Path2D, which hides its points.
      // An object would style each stroke on its own, and dashes would begin anew at every point.
      datasets: { ...options?.datasets, line: { ...options?.datasets?.line, segment: true } },
      // The plugin for zooming listens to a canvas, and nobody zooms a drawing.
      plugins: { ...options?.plugins, zoom: false },
    } as unknown as ChartConfiguration<T, D, L>['options'],
  });
  prepare(chart);
  chart.update('none');
  const markup = context.markup();
  chart.destroy();
  return markup;
}

/** Sets a drawing on the page's background below its title, so that it can stand alone. */
export function svgDocument(markup: string, { width, height, title, summary }: DrawingFrame, theme: Theme): string {
  // A long title stands out beyond a narrow chart.
  const wide = Math.max(width, title.length * TITLE_LETTER);
  const [full, tall] = [rounded(wide + 2 * MARGIN), rounded(height + HEADING + 2 * MARGIN)];
  const heading = attributes({
    x: MARGIN,
    y: MARGIN + 14,
    fill: theme.foreground,
    'font-family': theme.fontFamily,
    'font-size': 15,
    'font-weight': 600,
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${full}" height="${tall}" viewBox="0 0 ${full} ${tall}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<desc>${escaped(summary)}</desc>`,
    `<rect${attributes({ width: full, height: tall, fill: theme.background })}/>`,
    `<text${heading}>${escaped(title)}</text>`,
    `<g transform="translate(${MARGIN} ${MARGIN + HEADING})">`,
    markup,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}
