import { CategoryScale, Chart, Legend, LinearScale, LineController, LineElement, PointElement } from 'chart.js';
import { MatrixController, MatrixElement } from 'chartjs-chart-matrix';
import { expect, it, vi } from 'vitest';
import { lineChart } from '../charts/lines';
import { pathChart } from '../charts/pathChart';
import { pathCurves } from '../charts/pathCurves';
import { planeChart } from '../charts/plane';
import { testPath } from '../charts/testPath';
import { testTheme } from '../charts/testTheme';
import { chartMarkup, svgDocument } from './chartSvg';
import type { TextMeasure } from './svgText';

Chart.register(
  CategoryScale,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  MatrixController,
  MatrixElement,
  PointElement,
);

const measure: TextMeasure = (text) => ({ width: 6 * text.length, ascent: 8, descent: 2, shift: 0 });
// Where there are Path2Ds, as in a browser, Chart.js makes its lines of them. It looks for them when it is loaded.
vi.hoisted(() => {
  Object.assign(globalThis, {
    Path2D: class {
      moveTo(): void {}
      lineTo(): void {}
      closePath(): void {}
      bezierCurveTo(): void {}
    },
  });
});

const size = { width: 400, height: 300 };

it('draws a line chart with its points, names and legend', () => {
  const line = { direction: 'gradient', alpha: [-1, 0, 1], loss: [4, 1, 2], test: { loss: [3, 2, 5] } };
  const markup = chartMarkup(lineChart(line, { scale: 'linear', accuracy: false }, testTheme), size, measure);
  for (const text of ['training loss', 'test loss', 'loss', 'α × unit gradient ∇L/‖∇L‖'])
    expect(markup).toContain(`>${text}</text>`);
  for (const color of [testTheme.series[0], testTheme.series[4]]) {
    const strokes = [...markup.matchAll(new RegExp(`d="M([^"A]+)" fill="none" stroke="${color}"`, 'g'))];
    expect(strokes.map(([, d]) => new Set(d.split('L')).size)).toContain(3);
  }
});

it('draws a line in one stroke', () => {
  const values = { steps: [0, 1, 2, 3], chosen: () => 0, choose: () => undefined };
  const curve = pathCurves(testPath).find(({ id }) => id === 'distance')!;
  const [series] = curve.series;
  const drawn = { ...curve, series: [{ ...series, values: [4, 3, 1, 2], errors: [] }] };
  const markup = chartMarkup(pathChart(drawn, values, testTheme), size, measure);
  const strokes = [...markup.matchAll(/d="M([^"AZ]+)" fill="none" stroke="#0000ff"/g)];
  expect(strokes.map(([, d]) => new Set(d.split('L')).size)).toEqual([4]);
});

it('draws the contours of a plane as shapes', () => {
  const plane = {
    x: { direction: 'random', values: [-1, 0, 1] },
    y: { direction: 'gradient', values: [-1, 0, 1] },
    loss: [
      [2, 1, 2],
      [1, 0, 1],
      [2, 1, 2],
    ],
  };
  const chart = planeChart(plane, { view: 'contour', scale: 'linear', points: false }, testTheme);
  const markup = chartMarkup(chart, size, measure);
  expect(markup.match(/fill-rule="evenodd"/g)?.length).toBeGreaterThan(5);
  expect(markup).not.toContain('NaN');
});

it('names and describes the drawing, on the background of the page', () => {
  const document = svgDocument(
    '<path/>',
    { width: 10, height: 10, title: 'a < b', summary: 'Two & three.' },
    testTheme,
  );
  expect(document).toContain('<title>a &lt; b</title>');
  expect(document).toContain('<desc>Two &amp; three.</desc>');
  expect(document).toContain(`fill="${testTheme.background}"`);
});
