import type { GrowthFigures } from './measurePoint';
import { fitPowerLaw } from './fit';

export interface GrowthSeries {
  title: string;
  unit: string;
  points: readonly GrowthFigures[];
}

const PANEL = { width: 250, height: 190, left: 14, right: 14, top: 34, bottom: 34 };
const COLUMNS = 3;

/** Colours that stand out on white and on dark grey. Text follows the reader's theme. */
const STYLE = `
    text { font: 11px system-ui, sans-serif; fill: #57606a }
    .title { font-weight: 600 }
    .axis { stroke: #8c959f; stroke-width: 1; fill: none }
    .fit { stroke: #8c959f; stroke-dasharray: 3 3; fill: none }
    .time { stroke: #1f77d0; stroke-width: 2; fill: none }
    circle { fill: #1f77d0 }
    @media (prefers-color-scheme: dark) { text { fill: #adb5bd } .time { stroke: #58a6ff } circle { fill: #58a6ff } }`;

/**
 * Draws time over the growing quantity, with one panel per family and logarithmic axes. The dashed line has slope 1.
 */
export function growthFigure(series: readonly GrowthSeries[]): string {
  const rows = Math.ceil(series.length / COLUMNS);
  const [width, height] = [COLUMNS * PANEL.width, rows * PANEL.height];
  const panels = series.map((each, i) => {
    const at = `translate(${(i % COLUMNS) * PANEL.width} ${Math.floor(i / COLUMNS) * PANEL.height})`;
    return `  <g transform="${at}">\n${panel(each)}\n  </g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="Time over size">`,
    `  <style>${STYLE}\n  </style>`,
    ...panels,
    '</svg>\n',
  ].join('\n');
}

function panel({ title, unit, points }: GrowthSeries): string {
  const { width, height, left, right, top, bottom } = PANEL;
  const drawn = points.filter(({ seconds }) => seconds > 0);
  const x = logScale(drawn.map(({ amount }) => amount), left, width - right); // prettier-ignore
  const y = logScale(drawn.map(({ seconds }) => seconds), height - bottom, top + 8); // prettier-ignore
  const at = ({ amount, seconds }: GrowthFigures) => `${x(amount)},${y(seconds)}`;
  const { exponent } = fitPowerLaw(drawn.map(({ amount, seconds }) => [amount, seconds]));
  const [first, last] = [drawn[0], drawn[drawn.length - 1]];
  const linear = { ...last, seconds: (first.seconds * last.amount) / first.amount };
  const text = (px: number, py: number, content: string, more = '') =>
    `    <text x="${px}" y="${py}"${more}>${content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;
  return [
    text(left, 16, title, ' class="title"'),
    text(left, 30, `exponent ${exponent.toFixed(2)}`),
    `    <path class="axis" d="M${left} ${top}V${height - bottom}H${width - right}"/>`,
    `    <clipPath id="${unit}-${title.length}"><rect x="${left}" y="${top}" width="${width - left - right}" height="${height - top - bottom}"/></clipPath>`,
    `    <path class="fit" clip-path="url(#${unit}-${title.length})" d="M${at(first)}L${at(linear)}"/>`,
    `    <polyline class="time" points="${drawn.map(at).join(' ')}"/>`,
    ...drawn.map((point) => `    <circle cx="${x(point.amount)}" cy="${y(point.seconds)}" r="3"/>`),
    text(left, height - 18, amountText(first.amount)),
    text(width - right, height - 18, `${amountText(last.amount)} ${unit}`, ' text-anchor="end"'),
  ].join('\n');
}

/** A logarithmic scale from the smallest value to the largest, rounded to a tenth of a pixel. */
function logScale(values: readonly number[], from: number, to: number): (value: number) => number {
  const [low, high] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
  const span = high - low || 1;
  return (value) => Math.round(10 * (from + ((Math.log(value) - low) / span) * (to - from))) / 10;
}

export const amountText = (n: number) =>
  n >= 1e6 ? `${(n / 1e6).toFixed(1)} M` : n >= 1e4 ? `${(n / 1e3).toFixed(0)} k` : n.toLocaleString('en');
