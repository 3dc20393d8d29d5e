import { WebGLRenderer } from 'three';
import type { Plane } from '../../src/report/report';
import type { TextMeasure } from '../svg/svgText';
import type { Theme } from '../theme';
import type { SurfacePlace } from '../charts/surface';
import { steeredCamera } from './steeredCamera';
import { surfacePicker } from './surfacePick';
import type { SurfaceHit, SurfacePointer } from './surfacePick';
import { buildScene, disposeScene, scaleLabels } from './surfaceScene';
import type { SceneParts } from './surfaceScene';
import { surfaceMarkup } from './surfaceSvg';

/** What stands on the stage. The grid point under the pointer is the stage's own. */
export type Staged = Omit<SceneParts, 'pointed'> & { plane: Plane };

/** A surface that three.js draws on a canvas. */
export interface SurfaceStage {
  /** Finds what lies under a pointer. */
  pick(pointer: SurfacePointer): SurfaceHit | null;
  /** Marks the grid point under the pointer; null for none. */
  point(nearest: number | null): void;
  /** Draws again after a mark moved. */
  follow(): void;
  /** Draws again in the colours of another theme. */
  dress(theme: Theme): void;
  /** Takes a new size, in pixels. */
  resize(width: number, height: number): void;
  render(): void;
  /** The content of an SVG document that shows the surface as the camera sees it. */
  markup(measure: TextMeasure, theme: Theme): string;
  dispose(): void;
}

/** Puts a surface on a canvas that has WebGL. It is drawn only when something changes, so a still picture costs nothing. */
export function openStage(canvas: HTMLCanvasElement, { plane, ...parts }: Staged, theme: Theme): SurfaceStage {
  const { surface, frame, marks, chosen } = parts;
  const renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true, preserveDrawingBuffer: true });
  const render = (): void => {
    scaleLabels(scene, camera, Math.max(canvas.clientHeight, 1));
    renderer.render(scene, camera);
  };
  const { camera, ...steering } = steeredCamera(canvas, () => render());
  let pointed: number | null = null;
  const build = (dress: Theme): ReturnType<typeof buildScene> =>
    buildScene({ ...parts, pointed: () => pointed }, dress);
  let { scene, follow } = build(theme);
  const pickAt = surfacePicker(plane, surface, marks?.places ?? []);
  return {
    pick: (pointer) => pickAt(pointer, camera),
    point(nearest) {
      pointed = nearest;
      follow();
      render();
    },
    follow() {
      follow();
      render();
    },
    dress(other) {
      disposeScene(scene);
      ({ scene, follow } = build(other));
      render();
    },
    resize(width, height) {
      renderer.setPixelRatio(devicePixelRatio);
      renderer.setSize(width, height);
      steering.fit(width, height);
      render();
    },
    render,
    markup(measure, dress) {
      const at: SurfacePlace | null = (marks && chosen && marks.places[chosen()]) ?? null;
      const size = { width: canvas.clientWidth, height: canvas.clientHeight };
      return surfaceMarkup({ geometry: surface, frame, marks, chosen: at }, camera, size, measure, dress);
    },
    dispose() {
      steering.dispose();
      disposeScene(scene);
      renderer.dispose();
      // A browser allows only a few live WebGL contexts per page, so this one is released at once.
      renderer.forceContextLoss();
    },
  };
}
