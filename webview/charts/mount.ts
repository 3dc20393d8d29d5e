import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Tooltip,
} from 'chart.js';
import type { ChartConfiguration, ChartType, DefaultDataPoint } from 'chart.js';
import { MatrixController, MatrixElement } from 'chartjs-chart-matrix';
import zoomPlugin from 'chartjs-plugin-zoom';
import { h } from '../dom';
import { brush } from './brush';
import { BRUSHED } from './brushMarks';
import { tableOf } from './chartTable';
import type { ChartTable } from './chartTable';
import { registerFigure } from './drawnFigures';
import { restoreView, viewOf } from './keptView';
import type { KeptView } from './keptView';
import { readTheme } from '../theme';
import { asShown, chartMarkup, chartSvg, svgDocument } from '../svg/chartSvg';
import { COLUMN_WIDTH, PAPER, paperDocument } from '../svg/paper';
import { canvasMeasure } from '../svg/svgText';
import type { Theme } from '../theme';

/** Pixels between a legend and the chart below it. */
const LEGEND_GAP = 6;

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  MatrixController,
  MatrixElement,
  PointElement,
  ScatterController,
  Tooltip,
  zoomPlugin,
  {
    // Leaves room below the legend, which would stand on the highest tick of the axis.
    id: 'legendRoom',
    beforeInit({ legend }: { legend?: { fit(): void; height: number; options: { display?: boolean } } }) {
      if (!legend) return;
      const fit = legend.fit.bind(legend);
      legend.fit = () => {
        fit();
        if (legend.options.display) legend.height += LEGEND_GAP;
      };
    },
  },
);
// Dots at the ends of an axis are drawn whole.
Chart.defaults.datasets.line.clip = 6;

export interface ChartOptions<T extends ChartType, D, L> {
  /** Builds the configuration again after every change of theme or data. */
  configure: (theme: Theme) => ChartConfiguration<T, D, L>;
  /** Name of the chart. Screen readers read it, and it is the title of the saved picture. */
  name: string;
  /** Says what the chart shows, for screen readers. */
  summary: string;
  /** Computes the height from the width, both in pixels. */
  height: (width: number) => number;
  /** Number of points by which the up and down keys move. Without it, these keys move to the next series. */
  stride?: number;
  /** The data of the chart, where its configuration does not hold all of them. */
  table?: () => ChartTable;
  /** Called with the index of the active point when the reader presses Enter. */
  press?: (index: number) => void;
}

/** Width in pixels of the drawing of a chart that has not been on the screen. */
const UNSEEN_WIDTH = 640;

/** Anything that is drawn on a canvas, as a section sees it. */
export interface Figure {
  element: HTMLElement;
  /** Draws the figure again after its theme or its data changed. */
  redraw(): void;
  /** Paints the figure again where only a mark moved, such as that of the checkpoint that the reader chose. */
  repaint(): void;
  /** Returns the figure as PNG in base64, without the prefix of a data URL. */
  picture(): string;
  /**
   * Returns the figure as an SVG document, whose shapes and texts can be edited; "" where it cannot be drawn.
   * @param fit as it is on the page, or in black on white at the width of a paper's column
   */
  drawing(fit?: 'page' | 'paper'): string;
  /** Returns the data of the figure; null where it has none. */
  table(): ChartTable | null;
  /**
   * Takes over what the reader changed in an earlier chart, and writes further changes to the same object.
   * @param changed called after each change
   */
  keep?(kept: KeptView, changed: () => void): void;
  /** Shows the whole range again. */
  resetView?(): void;
  dispose(): void;
}

/** Mounts one chart: owns its canvas, its size, its keyboard control and its disposal. */
export function mountChart<T extends ChartType, D = DefaultDataPoint<T>, L = unknown>(
  options: ChartOptions<T, D, L>,
): Figure {
  const canvas = h('canvas', { tabindex: 0, role: 'img', 'aria-label': `${options.name}. ${options.summary}` });
  // A canvas has no text, so a live region announces the point that the arrow keys reach.
  const spoken = h('div', { class: 'visually-hidden', 'aria-live': 'polite' });
  const box = h('div', { class: 'chart' }, canvas);
  const element = h('div', { class: 'figure' }, box, spoken);
  let chart: Chart<T, D, L> | null = null;
  let kept: KeptView = {};
  let changed = (): void => undefined;
  let restored = false;
  let leave: (() => void)[] = [];
  /** Notes what the reader changed, after every update of the chart. */
  const note = (): void => {
    if (!chart || !restored) return;
    const { zoom, hidden } = viewOf(chart as unknown as Chart);
    if (JSON.stringify([zoom, hidden]) === JSON.stringify([kept.zoom, kept.hidden])) return;
    Object.assign(kept, { zoom, hidden });
    changed();
  };

  const draw = (): void => {
    const theme = readTheme();
    useFonts(theme);
    restored = false;
    chart?.destroy();
    const configuration = options.configure(theme);
    chart = new Chart<T, D, L>(canvas, {
      ...configuration,
      plugins: [...(configuration.plugins ?? []), { id: 'keptView', afterUpdate: note }],
      options: {
        ...configuration.options,
        responsive: true,
        maintainAspectRatio: false,
      } as ChartConfiguration<T, D, L>['options'],
    });
    leave.forEach((end) => end());
    const ids = (configuration.plugins ?? []).map(({ id }) => id);
    leave = (['layer', 'place'] as const)
      .filter((which) => ids.includes(BRUSHED[which]))
      .map((which) => brush.listen(which, () => chart?.draw()));
    restoreView(chart as unknown as Chart, kept);
    restored = true;
  };

  // The chart is made when its box first has a width. In closed details, that happens only when they are opened.
  const observer = observeWidth(element, (width) => {
    box.style.height = `${Math.round(options.height(width))}px`;
    if (!chart) draw();
  });

  // ⌘ stands for Ctrl on a Mac, where a wheel with Ctrl is what a pinch on the touch pad sends.
  canvas.addEventListener('wheel', (event) => {
    if (!event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { deltaX, deltaY, deltaMode, clientX, clientY } = event;
    const shared = { deltaX, deltaY, deltaMode, clientX, clientY, bubbles: true, cancelable: true };
    canvas.dispatchEvent(new WheelEvent('wheel', { ...shared, ctrlKey: true }));
  });
  canvas.addEventListener('keydown', (event) => {
    if (chart && moveByKey(chart as unknown as Chart, event.key, options.stride)) {
      event.preventDefault();
      spoken.textContent = tooltipText(chart as unknown as Chart);
    } else if (chart && event.key === 'Enter' && options.press) {
      event.preventDefault();
      const active = chart.getActiveElements().find(({ datasetIndex }) => datasetIndex === 0);
      if (active) options.press(active.index);
    }
  });
  canvas.addEventListener('blur', () => {
    if (!chart) return;
    chart.setActiveElements([]);
    chart.tooltip?.setActiveElements([], { x: 0, y: 0 });
    chart.update('none');
  });

  /** Draws the chart at the width of a paper's column, with the zoom and the series that the reader chose. */
  const onPaper = (): string => {
    useFonts(PAPER);
    try {
      const size = { width: COLUMN_WIDTH, height: options.height(COLUMN_WIDTH) };
      const markup = chartMarkup(options.configure(PAPER), size, canvasMeasure(), chart ? asShown(chart) : undefined);
      return paperDocument(markup, { ...size, title: options.name, summary: options.summary });
    } finally {
      useFonts(readTheme());
    }
  };

  const figure: Figure = {
    element,
    redraw: () => {
      if (chart) draw();
    },
    repaint: () => chart?.draw(),
    picture: () => paintPicture(canvas, options.name),
    drawing(fit = 'page') {
      if (fit === 'paper') return onPaper();
      const theme = readTheme();
      const frame = { title: options.name, summary: options.summary };
      if (chart) return chartSvg(chart, options.configure(theme), frame, theme);
      // In closed details the chart has no size of its own yet.
      useFonts(theme);
      const size = { width: UNSEEN_WIDTH, height: options.height(UNSEEN_WIDTH) };
      return svgDocument(chartMarkup(options.configure(theme), size, canvasMeasure()), { ...size, ...frame }, theme);
    },
    table: () => options.table?.() ?? tableOf(options.configure(readTheme())),
    keep(view, told) {
      kept = view;
      changed = told;
    },
    resetView() {
      chart?.resetZoom('none');
      canvas.focus();
    },
    dispose() {
      observer.disconnect();
      leave.forEach((end) => end());
      chart?.destroy();
      chart = null;
    },
  };
  registerFigure(figure, options.name);
  return figure;
}

function useFonts(theme: Theme): void {
  Chart.defaults.font.family = theme.fontFamily;
  Chart.defaults.font.size = theme.fontSize - 1;
  Chart.defaults.color = theme.muted;
}

/** Calls back with every new width. Waits for the next frame, since the callback changes the element's height. */
export function observeWidth(element: HTMLElement, changed: (width: number) => void): ResizeObserver {
  let known = 0;
  const observer = new ResizeObserver(([entry]) => {
    const width = Math.round(entry?.contentRect.width ?? 0);
    if (width === 0 || width === known) return;
    known = width;
    requestAnimationFrame(() => changed(width));
  });
  observer.observe(element);
  return observer;
}

/** Moves the active point: left and right within a series, up and down by `stride` points or to the next series. */
function moveByKey(chart: Chart, key: string, stride: number | undefined): boolean {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key];
  if (key === 'Escape') {
    chart.canvas.blur();
    return true;
  }
  if (!step) return false;
  const [along, across] = step as [number, number];
  // With a stride, the keys move over the cells and pass by the points that lie on them.
  const active = chart.getActiveElements().find(({ datasetIndex: each }) => stride === undefined || each === 0);
  let datasetIndex = active?.datasetIndex ?? 0;
  if (stride === undefined && across !== 0) {
    const count = chart.data.datasets.length;
    do datasetIndex = (datasetIndex - across + count) % count;
    while (chart.data.datasets[datasetIndex]?.label === '');
  }
  const length = chart.data.datasets[datasetIndex]?.data.length ?? 0;
  if (length === 0) return true;
  const index = active ? active.index + along + (stride ?? 0) * across : Math.floor(length / 2);
  const target = { datasetIndex, index: Math.min(Math.max(index, 0), length - 1) };
  const { x, y } = chart.getDatasetMeta(datasetIndex).data[target.index] ?? { x: 0, y: 0 };
  chart.setActiveElements([target]);
  chart.tooltip?.setActiveElements([target], { x, y });
  chart.update('none');
  return true;
}

function tooltipText(chart: Chart): string {
  const { title = [], body = [] } = chart.tooltip ?? {};
  return [...title, ...body.flatMap(({ lines }) => lines)].join(', ');
}

/** Paints the canvas on the page's background with the title above it, so that the picture can stand alone. */
export function paintPicture(source: HTMLCanvasElement, title: string): string {
  const theme = readTheme();
  const ratio = source.width / Math.max(source.clientWidth, 1);
  const margin = 16 * ratio;
  const heading = 28 * ratio;
  const picture = document.createElement('canvas');
  picture.width = source.width + 2 * margin;
  picture.height = source.height + heading + 2 * margin;
  const ctx = picture.getContext('2d');
  if (!ctx) throw new Error('This browser gives no 2-D canvas to paint the picture on.');
  ctx.fillStyle = theme.background;
  ctx.fillRect(0, 0, picture.width, picture.height);
  ctx.fillStyle = theme.foreground;
  ctx.font = `600 ${15 * ratio}px ${theme.fontFamily}`;
  ctx.textBaseline = 'top';
  ctx.fillText(title, margin, margin);
  ctx.drawImage(source, margin, margin + heading);
  return picture.toDataURL('image/png').replace(/^data:image\/png;base64,/, '');
}
