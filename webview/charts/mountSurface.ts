import type { Plane } from '../../src/report/report';
import { h } from '../dom';
import { svgDocument } from '../svg/chartSvg';
import { PAPER, paperDocument } from '../svg/paper';
import { canvasMeasure } from '../svg/svgText';
import type { SurfaceStage } from '../surface/stage';
import { readTheme } from '../theme';
import { registerFigure } from './drawnFigures';
import { loadStage } from './loadStage';
import { observeWidth, paintPicture } from './mount';
import type { Figure } from './mount';
import { lossesOf } from './plane';
import { lossOnPlane } from './planeLoss';
import type { PlaneMarks } from './planePoints';
import { planeTable } from './planeTable';
import { surfaceGeometry, surfacePlace } from './surface';
import type { SurfacePlace } from './surface';
import { surfaceFrame } from './surfaceFrame';
import { placeMarks } from './surfaceMarks';
import { followPointer } from './surfacePointer';

export interface SurfaceOptions {
  plane: Plane;
  scale: 'log' | 'linear';
  /** Shows dots where the loss was measured, in a plane that is partly interpolated. */
  points: boolean;
  /** What the surface shows, with its sign or name; the loss where it is left out. */
  quantity?: string;
  /** What is told of a grid point under the pointer; its place, loss and accuracy where it is left out. */
  describe?: (index: number) => string[];
  /** Points above or below the surface, at the height of their own losses, or on it where they have none. */
  marks?: PlaneMarks;
  name: string;
  summary: string;
  height: (width: number) => number;
}

const NO_WEBGL = 'The surface needs WebGL, which is not available here. Contours and heat map show the same data.';
const NO_SCRIPT = 'The surface cannot be drawn: its script did not load. Contours and heat map show the same data.';

/**
 * Draws the loss surface, which dragging and the arrow keys turn. Its place is there at once; three.js draws it when it
 * has loaded. Without WebGL, a note says so instead.
 */
export function mountSurface(options: SurfaceOptions): Figure {
  const canvas = h('canvas', { tabindex: 0, role: 'img', 'aria-label': `${options.name}. ${options.summary}` });
  const box = h('div', { class: 'chart surface', 'aria-busy': 'true' }, canvas);
  const element = h('div', { class: 'figure' }, box);
  const { plane } = options;
  const surface = surfaceGeometry(plane, options.scale, lossesOf(options.marks));
  const onSurface = (at: { x: number; y: number }): SurfacePlace | null =>
    surfacePlace(plane, surface.scale, { ...at, loss: lossOnPlane(plane, surface.scale, at) });
  const staged = {
    plane,
    surface,
    frame: surfaceFrame(plane, surface.scale, options.quantity),
    points: options.points,
    marks: options.marks && placeMarks(plane, surface.scale, options.marks),
    chosen: options.marks?.chosen,
    pending: () => (options.marks?.pending?.() ?? []).map(onSurface),
  };

  let stage: SurfaceStage | undefined;
  let size: [width: number, height: number] | undefined;
  let disposed = false;
  const say = (why: string): void => {
    observer.disconnect();
    box.removeAttribute('aria-busy');
    box.style.height = '';
    box.replaceChildren(h('p', { class: 'note' }, why));
  };
  const observer = observeWidth(element, (width) => {
    size = [width, Math.round(options.height(width))];
    box.style.height = `${size[1]}px`;
    stage?.resize(...size);
  });
  const open = async (): Promise<void> => {
    const { openStage } = await loadStage();
    if (disposed) return;
    stage = openStage(canvas, staged, readTheme());
    box.removeAttribute('aria-busy');
    if (size) stage.resize(...size);
  };
  if (!hasWebGl()) say(NO_WEBGL);
  else {
    box.append(
      followPointer(canvas, {
        plane,
        quantity: options.quantity ?? 'loss',
        describe: options.describe,
        marks: options.marks,
        pick: (pointer) => stage?.pick(pointer) ?? null,
        point: (nearest) => stage?.point(nearest),
      }),
    );
    open().catch((error: unknown) => {
      say(NO_SCRIPT);
      // The page passes an error that nobody caught to the extension's log.
      throw error;
    });
  }

  const figure: Figure = {
    element,
    redraw: () => stage?.dress(readTheme()),
    repaint: () => stage?.follow(),
    picture() {
      stage?.render();
      return stage ? paintPicture(canvas, options.name) : '';
    },
    table: () => planeTable(plane, options.quantity ?? 'loss'),
    drawing(fit = 'page') {
      if (!stage || canvas.clientWidth === 0) return '';
      const theme = fit === 'paper' ? PAPER : readTheme();
      const markup = stage.markup(canvasMeasure(), theme);
      const document = {
        width: canvas.clientWidth,
        height: canvas.clientHeight,
        title: options.name,
        summary: options.summary,
      };
      return fit === 'paper' ? paperDocument(markup, document) : svgDocument(markup, document, theme);
    },
    dispose() {
      disposed = true;
      observer.disconnect();
      stage?.dispose();
    },
  };
  registerFigure(figure, options.name);
  return figure;
}

/** Whether a surface can be drawn. The script that draws it logs errors of its own where it cannot. */
function hasWebGl(): boolean {
  const probe = document.createElement('canvas').getContext('webgl2');
  probe?.getExtension('WEBGL_lose_context')?.loseContext();
  return probe !== null;
}
