import type { Plane } from '../../src/report/report';
import { fill, h } from '../dom';
import { cellText, planeCells } from './planeCells';
import { pressPlane } from './planePress';
import type { PlaneMarks } from './planePoints';
import type { SurfaceHit, SurfacePointer } from '../surface/surfacePick';

/** A pointer that moves farther than this between pressing and releasing turns the surface, in pixels. */
const DRAG = 4;

/** Distance of the text from the pointer, in pixels. */
const GAP = 14;

/** What the pointer needs to know of a surface. */
interface PointedSurface {
  plane: Plane;
  quantity: string;
  /** What is told of a grid point, where it is more than its value. */
  describe: ((index: number) => string[]) | undefined;
  marks: PlaneMarks | undefined;
  pick(pointer: SurfacePointer): SurfaceHit | null;
  /** Marks the grid point under the pointer; null for none. */
  point(nearest: number | null): void;
}

/**
 * Makes a surface answer to the pointer as the other views of a plane do: hovering tells the figures of the grid point
 * below and marks the place in other charts, a click chooses a mark or asks for the place. Dragging still turns it.
 * @returns the box of text that follows the pointer
 */
export function followPointer(canvas: HTMLCanvasElement, surface: PointedSurface): HTMLElement {
  const { plane, quantity, describe, marks, pick, point } = surface;
  const cells = planeCells(plane);
  // A reader who cannot see the surface has the same figures in the table.
  const tip = h('div', { class: 'surface-tip', 'aria-hidden': 'true', hidden: true });
  let pressed: { x: number; y: number } | null = null;
  let shown: string | null = null;

  const under = ({ clientX, clientY }: MouseEvent): SurfaceHit | null => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return pick({ x: clientX - left, y: clientY - top, width, height });
  };
  const show = (hit: SurfaceHit | null, event?: MouseEvent): void => {
    const key = hit && `${hit.mark ?? ''}/${hit.nearest}`;
    marks?.hover?.(hit && hit.at);
    if (key !== shown) {
      shown = key;
      tip.hidden = hit === null;
      canvas.style.cursor = hit && (marks?.ask || (hit.mark !== undefined && marks?.choose)) ? 'pointer' : '';
      point(hit && hit.mark === undefined ? hit.nearest : null);
      if (hit) fill(tip, ...textOf(hit).map((line) => h('div', {}, line)));
    }
    if (hit && event) place(tip, canvas, event);
  };
  const textOf = ({ mark, nearest }: SurfaceHit): string[] =>
    mark === undefined
      ? (describe?.(nearest) ?? cellText(cells[nearest], quantity))
      : (marks?.points[mark]?.text ?? []);

  canvas.addEventListener('pointerdown', ({ clientX, clientY }) => (pressed = { x: clientX, y: clientY }));
  canvas.addEventListener('pointermove', (event) => {
    // A finger covers what it points at, and drags.
    if (event.pointerType !== 'touch') show(event.buttons === 0 ? under(event) : null, event);
  });
  canvas.addEventListener('pointerleave', () => show(null));
  canvas.addEventListener('click', (event) => {
    const from = pressed;
    pressed = null;
    if (from && Math.hypot(event.clientX - from.x, event.clientY - from.y) > DRAG) return;
    const hit = under(event);
    if (hit) pressPlane(plane, marks, hit.mark, hit.at);
  });
  return tip;
}

/** Puts the text beside the pointer, on the side where the canvas has room for it. */
function place(tip: HTMLElement, canvas: HTMLCanvasElement, { clientX, clientY }: MouseEvent): void {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const [x, y] = [clientX - left, clientY - top];
  const beside = x + GAP + tip.offsetWidth <= width ? x + GAP : x - GAP - tip.offsetWidth;
  tip.style.left = `${Math.max(0, beside)}px`;
  tip.style.top = `${Math.max(0, Math.min(y + GAP, height - tip.offsetHeight))}px`;
}
