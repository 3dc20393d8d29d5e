import type { Theme } from '../theme';
import { attributes, escaped, rounded } from './svgText';
import type { DrawingFrame } from './chartSvg';

/** Width of one column of a paper: 89 mm, which journals with two columns have in common, at 96 pixels per inch. */
const COLUMN_MM = 89;
export const COLUMN_WIDTH = Math.round((COLUMN_MM / 25.4) * 96);

/** Black on white, in a font that every machine has a relative of, 9 points high with ticks of 8. */
export const PAPER: Theme = {
  highContrast: false,
  dark: false,
  background: '#ffffff',
  foreground: '#000000',
  muted: '#333333',
  grid: 'rgba(0, 0, 0, 0.13)',
  series: ['#1a5fb4', '#c64600', '#26824a', '#813d9c', '#c01c28', '#946c00'],
  error: '#c01c28',
  tooltip: { background: '#ffffff', foreground: '#000000', border: '#000000' },
  fontFamily: 'Helvetica, Arial, sans-serif',
  fontSize: 12,
};

/** Sets a drawing on white at the width of a column, without a heading: a paper names its figures in their captions. */
export function paperDocument(markup: string, { width, height, title, summary }: DrawingFrame): string {
  const size = attributes({ width: `${COLUMN_MM}mm`, height: `${rounded((COLUMN_MM * height) / width)}mm` });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg"${size} viewBox="0 0 ${rounded(width)} ${rounded(height)}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<desc>${escaped(summary)}</desc>`,
    `<rect${attributes({ width: rounded(width), height: rounded(height), fill: PAPER.background })}/>`,
    markup,
    '</svg>',
    '',
  ].join('\n');
}
