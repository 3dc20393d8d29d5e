import { formatCount } from '../../src/text/counts';
import { formatNumber } from '../../src/text/numbers';
import { csvOf } from '../charts/chartTable';
import type { ChartTable, TableCell } from '../charts/chartTable';
import type { Figure } from '../charts/mount';
import { fill, h, svg } from '../dom';
import type { Host } from '../host';
import type { KeptChart } from '../memory';
import { table } from '../table';

/** Most rows that a table on the page has; the file has all of them. */
const MOST_ROWS = 500;
/** Digits of a number in a table on the page; the file has all of them. */
const DIGITS = 6;

/** The strokes of each icon, in a box of 16 × 16. */
const ICONS = {
  copy: 'M5.5 5.5h7v8h-7z M3.5 10.5v-8h7',
  png: 'M2.5 3.5h11v9h-11z M2.5 11l3.5-4 3 3 2-2 2.5 2.5 M10.5 6h.01',
  svg: 'M3 12.5C5 3.5 11 12.5 13 3.5 M1.5 11.5h3v2h-3z M11.5 2.5h3v2h-3z',
  csv: 'M4 2.5h5.5L12.5 5.5v8H4z M9.5 2.5v3h3 M6 8.5h4.5 M6 11h4.5',
  table: 'M2.5 3.5h11v9h-11z M2.5 6.5h11 M2.5 9.5h11 M6.5 3.5v9',
  reset: 'M6.5 2.5a4 4 0 1 1 0 8 4 4 0 0 1 0-8z M9.5 9.5l4 4 M4.5 6.5h4',
};

/** Offers what can be done with one chart: copy it, save it as picture, drawing or data, and show it as a table. */
export function chartTools(
  host: Host,
  figure: Figure,
  { name, kept, remember }: { name: string; kept: KeptChart; remember: () => void },
): void {
  const file = fileName(name);
  const said = h('span', { class: 'note', role: 'status' });
  const place = h('div', { class: 'chart-table', hidden: true });
  const reset = icon('reset', `Reset the zoom of ${name}`, () => figure.resetView?.());
  const toggle = icon('table', `Show ${name} as a table`, () => show(kept.table !== true));
  const show = (open: boolean): void => {
    place.hidden = !open;
    toggle.setAttribute('aria-pressed', String(open));
    const data = open ? figure.table() : null;
    fill(place, data && tableElement(data, name));
    if (open) kept.table = true;
    else delete kept.table;
    remember();
  };
  const png = (use: (png: string) => void): void => {
    const picture = figure.picture();
    if (picture !== '') use(picture);
  };
  const tools = h(
    'div',
    { class: 'chart-tools', role: 'toolbar', 'aria-label': name },
    said,
    reset,
    icon('copy', `Copy ${name} as PNG`, () =>
      png((picture) => {
        const blob = new Blob([bytesOf(picture)], { type: 'image/png' });
        void navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]).then(
          () => (said.textContent = 'Copied'),
          () => (said.textContent = 'The clipboard cannot be used here: save the PNG instead.'),
        );
      }),
    ),
    icon('png', `Save ${name} as PNG`, () =>
      png((picture) => host.post({ type: 'savePicture', name: `${file}.png`, png: picture })),
    ),
    icon('svg', `Save ${name} as SVG, as wide as a column of a paper`, () => {
      const drawing = figure.drawing('paper');
      if (drawing !== '') host.post({ type: 'saveDrawing', name: `${file}.svg`, svg: drawing });
    }),
    icon('csv', `Save the data of ${name} as CSV`, () => {
      const data = figure.table();
      if (data) host.post({ type: 'saveTable', name: `${file}.csv`, csv: csvOf(data) });
    }),
    toggle,
  );
  figure.element.prepend(tools);
  figure.element.append(place);
  reset.hidden = true;
  toggle.setAttribute('aria-pressed', 'false');
  figure.keep?.(kept, () => {
    reset.hidden = kept.zoom === undefined;
    remember();
  });
  reset.hidden = kept.zoom === undefined;
  if (kept.table) show(true);
}

function icon(name: keyof typeof ICONS, label: string, press: () => void): HTMLElement {
  return h(
    'button',
    { type: 'button', class: 'chart-tool', 'aria-label': label, title: label, click: press },
    svg('svg', { width: 16, height: 16, viewBox: '0 0 16 16', 'aria-hidden': 'true' }, svg('path', { d: ICONS[name] })),
  );
}

function tableElement({ columns, rows }: ChartTable, name: string): HTMLElement {
  const text = (cell: TableCell): string =>
    cell === null ? '' : typeof cell === 'number' ? formatNumber(cell, DIGITS) : cell;
  const words = rows[0] ? rows[0].findIndex((cell) => typeof cell !== 'string') : columns.length;
  return h(
    'div',
    {},
    h(
      'div',
      { class: 'scroll-x', role: 'region', tabindex: 0, 'aria-label': `Data of ${name}` },
      table(
        columns,
        rows.slice(0, MOST_ROWS).map((row) => row.map(text)),
        words < 0 ? columns.length : words,
      ),
    ),
    rows.length > MOST_ROWS &&
      h(
        'p',
        { class: 'caption' },
        `The first ${formatCount(MOST_ROWS)} of ${formatCount(rows.length)} rows. The CSV has all of them.`,
      ),
  );
}

function fileName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
