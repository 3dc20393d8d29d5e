import type { Part } from '../../src/options/options';
import type { HessianSpectrum, Report } from '../../src/report/report';
import { formatCount } from '../../src/text/counts';
import type { Figure } from '../charts/mount';
import { fill, h } from '../dom';
import type { Child } from '../dom';
import type { Host } from '../host';
import type { PageMemory } from '../memory';
import { chartTools } from './chartTools';

export interface PageContext {
  host: Host;
  memory: PageMemory;
  /** Saves `memory`. The sections call it after each change. */
  remember: () => void;
}

/** One section of the page. The page calls `update` with every report, even a partial one; it redraws only changes. */
export interface Section {
  element: HTMLElement;
  /** @param parts what the run measures; undefined for all */
  update(report: Report | undefined, running: boolean, parts?: readonly Part[]): void;
  /** Draws again in the colours of a new theme. */
  retheme(): void;
}

export interface ChartSectionOptions<T> {
  id: string;
  title: string;
  /** Tells a newcomer in one or two sentences how to read the chart. */
  hint: string;
  /** Returns the part of the report that this section shows; undefined if it was not measured. */
  select: (report: Report) => T | undefined;
  /** Text that the section shows until its data arrive. Without it, the section stays hidden until then. */
  waiting?: string;
  /** Returns a remark that qualifies the whole section, shown beside its title: "first estimate, 200 samples". */
  badge?: (data: T) => string | null;
  /** The part of an analysis that measures these data. The section does not wait if a user requested only others. */
  part: Part;
  render: (data: T, draw: Drawing) => void;
}

/** The places that `render` fills. */
export interface Drawing {
  toolbar(...controls: Child[]): void;
  body(...children: Child[]): void;
  /** Registers a figure. The section redraws it after a change of theme, disposes of it, and gives it its tools. */
  figure(figure: Figure, name: string): HTMLElement;
  /** Renders the section again with the same data after the reader changed a control. The focus stays where it was. */
  again(): void;
}

/**
 * Makes a section with a heading, a toolbar and a placeholder that shows while the analysis runs. The section redraws
 * only when its own part of the report changed.
 */
export function chartSection<T>(context: PageContext, options: ChartSectionOptions<T>): Section {
  const tools = h('div', { class: 'toolbar' });
  const content = h('div', { class: 'section-body' });
  const badge = h('span', { class: 'badge', hidden: true });
  const element = h(
    'section',
    { id: options.id, class: 'chart-section', 'aria-labelledby': `${options.id}-title`, tabindex: -1 },
    h(
      'header',
      {},
      h(
        'div',
        {},
        h('div', { class: 'heading' }, h('h2', { id: `${options.id}-title` }, options.title), badge),
        h('p', { class: 'hint' }, options.hint),
      ),
      tools,
    ),
    content,
  );
  let figures: Figure[] = [];
  let shown: string | null = null;
  let latest: unknown[] | undefined;
  let data: T | undefined;

  const dispose = (): void => {
    figures.forEach((figure) => figure.dispose());
    figures = [];
  };

  const render = (): void => {
    if (data === undefined) return;
    const focused = focusPath(element);
    dispose();
    const qualified = options.badge?.(data) ?? null;
    badge.textContent = qualified;
    badge.hidden = qualified === null;
    const controls: Child[] = [];
    options.render(data, {
      toolbar: (...children) => void controls.push(...children),
      body: (...children) => fill(content, ...children),
      figure(figure, name) {
        figures.push(figure);
        const { memory, remember } = context;
        const kept = (memory.charts[`${options.id}: ${name}`] ??= {});
        chartTools(context.host, figure, { name, kept, remember });
        return figure.element;
      },
      again: render,
    });
    fill(tools, ...controls);
    focused();
  };

  return {
    element,
    update(report, running, parts) {
      const told = [report, running, parts?.join()];
      if (latest && told.every((each, i) => each === latest![i])) return;
      latest = told;
      data = report && options.select(report);
      if (data === undefined) {
        dispose();
        shown = null;
        element.hidden = !running || options.waiting === undefined || parts?.includes(options.part) === false;
        badge.hidden = true;
        fill(tools);
        fill(content, options.waiting !== undefined && skeleton(options.waiting));
        return;
      }
      element.hidden = false;
      const key = JSON.stringify(data, (_, value: unknown) => (typeof value === 'number' ? String(value) : value));
      if (key === shown) return;
      shown = key;
      render();
    },
    retheme: () => figures.forEach((figure) => figure.redraw()),
  };
}

/** Returns the badge of an estimate from the first samples only; null once the estimate is final. */
export function preliminaryBadge(hessian: HessianSpectrum | undefined): string | null {
  return hessian?.preliminary ? `first estimate, ${formatCount(hessian.preliminary.samples)} samples` : null;
}

function skeleton(waiting: string): HTMLElement {
  return h('div', { class: 'skeleton', role: 'status' }, h('span', {}, waiting));
}

/** Remembers the position of the control that has the focus. The returned function focuses it after a rebuild. */
function focusPath(root: HTMLElement): () => void {
  const selector = 'input, button, vscode-button, vscode-checkbox, vscode-dropdown, canvas';
  const index = [...root.querySelectorAll(selector)].findIndex((control) => control === document.activeElement);
  return () => {
    if (index >= 0) (root.querySelectorAll(selector)[index] as HTMLElement | undefined)?.focus({ preventScroll: true });
  };
}
