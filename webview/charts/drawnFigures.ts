import type { NamedDrawing } from '../../src/protocol/webview';

/** What this file needs of a figure: where it is on the page, and how it draws itself. */
interface Drawable {
  element: HTMLElement;
  /** Returns an SVG document; "" where it cannot be drawn. */
  drawing(): string;
}

/** The figures by their elements. An element that left the page takes its entry along. */
const figures = new WeakMap<Element, { figure: Drawable; name: string }>();

/** Makes a figure known, so that it is exported with all others. Whoever mounts a figure calls it once. */
export function registerFigure(figure: Drawable, name: string): void {
  figures.set(figure.element, { figure, name });
}

/** Draws every figure below `root` as SVG, in the order of the page. */
export function drawnFigures(root: HTMLElement): NamedDrawing[] {
  return [...root.querySelectorAll('.figure')]
    .map((element) => figures.get(element))
    .flatMap((known) => (known ? [{ name: known.name, svg: known.figure.drawing() }] : []))
    .filter(({ svg }) => svg !== '');
}
