import {
  AmbientLight,
  BufferAttribute,
  BufferGeometry,
  Color,
  DirectionalLight,
  DoubleSide,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshLambertMaterial,
  PerspectiveCamera,
  Points,
  PointsMaterial,
  Scene,
  Sprite,
  SRGBColorSpace,
  WebGLRenderer,
} from 'three';
import { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js';
import type { Plane } from '../../src/report/report';
import { h } from '../dom';
import { svgDocument } from '../svg/chartSvg';
import { PAPER, paperDocument } from '../svg/paper';
import { surfaceMarkup } from './surfaceSvg';
import { canvasMeasure } from '../svg/svgText';
import { readTheme } from '../theme';
import type { Theme } from '../theme';
import { registerFigure } from './drawnFigures';
import type { ChartTable } from './chartTable';
import { planeTable } from './planeTable';
import { observeWidth, paintPicture } from './mount';
import type { Figure } from './mount';
import { lossesOf } from './plane';
import type { PlaneMarks } from './planePoints';
import { lossOnPlane } from './planeLoss';
import { surfaceGeometry, surfacePlace } from './surface';
import { textSprite } from './surfaceText';
import { surfaceFrame } from './surfaceFrame';
import type { SurfaceFrame } from './surfaceFrame';
import { placeMarks } from './surfaceMarks';
import type { PlacedMarks } from './surfaceMarks';
import { surfacePicker } from './surfacePick';
import { followPointer } from './surfacePointer';
import { addBall, addMarks, movingBalls, pointedBall } from './surfaceScene';
import type { SurfaceGeometry, SurfacePlace } from './surface';

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

/** Angle in radians by which one press of an arrow key turns the surface. */
const KEY_TURN = 0.12;

/** Height of a label in pixels. */
const LABEL_HEIGHT = 18;

/** Draws the loss surface, which dragging and the arrow keys turn. Without WebGL, a note says so instead. */
export function mountSurface(options: SurfaceOptions): Figure {
  const canvas = h('canvas', { tabindex: 0, role: 'img', 'aria-label': `${options.name}. ${options.summary}` });
  const box = h('div', { class: 'chart surface' }, canvas);
  const element = h('div', { class: 'figure' }, box);
  const table = (): ChartTable => planeTable(options.plane, options.quantity ?? 'loss');
  const renderer = makeRenderer(canvas);
  if (!renderer) {
    box.replaceChildren(
      h(
        'p',
        { class: 'note' },
        'The surface needs WebGL, which is not available here. Contours and heat map show the same data.',
      ),
    );
    return {
      element,
      redraw: () => undefined,
      repaint: () => undefined,
      picture: () => '',
      drawing: () => '',
      table,
      dispose: () => undefined,
    };
  }

  const geometry = surfaceGeometry(options.plane, options.scale, lossesOf(options.marks));
  const camera = new PerspectiveCamera(35, 1, 0.1, 20);
  camera.position.set(1.2, 1.1, 1.75);
  const controls = new OrbitControls(camera, canvas);
  controls.enablePan = false;
  // A bare wheel must scroll the page, as it does over every other chart.
  controls.enableZoom = false;
  controls.target.set(0, -0.1, 0);
  controls.update();
  const frame = surfaceFrame(options.plane, geometry.scale, options.quantity);
  const marks = options.marks && placeMarks(options.plane, geometry.scale, options.marks);
  const onSurface = (at: { x: number; y: number }): SurfacePlace | null =>
    surfacePlace(options.plane, geometry.scale, { ...at, loss: lossOnPlane(options.plane, geometry.scale, at) });
  let pointed: number | null = null;
  const parts = {
    points: options.points,
    marks,
    chosen: options.marks?.chosen,
    pending: () => (options.marks?.pending?.() ?? []).map(onSurface),
    pointed: () => pointed,
  };
  let { scene, follow } = buildScene(geometry, frame, parts, readTheme());
  // The scene is drawn only when something changed, so that a still picture costs nothing.
  const render = (): void => {
    scaleLabels(scene, camera, Math.max(canvas.clientHeight, 1));
    renderer.render(scene, camera);
  };
  controls.addEventListener('change', render);
  const tip = followPointer(canvas, {
    plane: options.plane,
    quantity: options.quantity ?? 'loss',
    describe: options.describe,
    marks: options.marks,
    camera,
    pick: surfacePicker(options.plane, geometry, marks?.places ?? []),
    point(nearest) {
      pointed = nearest;
      follow();
      render();
    },
  });
  box.append(tip);

  canvas.addEventListener('wheel', (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    camera.position.multiplyScalar(Math.exp(event.deltaY * 0.001));
    camera.position.clampLength(0.8, 5);
    controls.update();
    render();
  });
  canvas.addEventListener('keydown', (event) => {
    const turn = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!turn) return;
    event.preventDefault();
    const [around, over] = turn as [number, number];
    const radius = camera.position.length();
    const azimuth = Math.atan2(camera.position.x, camera.position.z) + around * KEY_TURN;
    const polar = Math.min(Math.max(Math.acos(camera.position.y / radius) + over * KEY_TURN, 0.1), Math.PI / 2);
    camera.position.setFromSphericalCoords(radius, polar, azimuth);
    controls.update();
    render();
  });

  const observer = observeWidth(element, (width) => {
    const height = Math.round(options.height(width));
    box.style.height = `${height}px`;
    renderer.setPixelRatio(devicePixelRatio);
    renderer.setSize(width, height);
    camera.aspect = width / height;
    // A narrow box gets a smaller zoom, so that the whole surface stays in sight.
    camera.zoom = Math.min(1, camera.aspect / 1.15);
    camera.updateProjectionMatrix();
    render();
  });

  const figure: Figure = {
    element,
    redraw() {
      disposeScene(scene);
      ({ scene, follow } = buildScene(geometry, frame, parts, readTheme()));
      render();
    },
    picture() {
      render();
      return paintPicture(canvas, options.name);
    },
    repaint() {
      follow();
      render();
    },
    table,
    drawing(fit = 'page') {
      if (canvas.clientWidth === 0) return '';
      const theme = fit === 'paper' ? PAPER : readTheme();
      const size = { width: canvas.clientWidth, height: canvas.clientHeight };
      const at = marks && options.marks?.chosen ? (marks.places[options.marks.chosen()] ?? null) : null;
      const markup = surfaceMarkup({ geometry, frame, marks, chosen: at }, camera, size, canvasMeasure(), theme);
      const document = { ...size, title: options.name, summary: options.summary };
      return fit === 'paper' ? paperDocument(markup, document) : svgDocument(markup, document, theme);
    },
    dispose() {
      observer.disconnect();
      controls.dispose();
      disposeScene(scene);
      renderer.dispose();
      // A browser allows only a few live WebGL contexts per page, so this one is released at once.
      renderer.forceContextLoss();
    },
  };
  registerFigure(figure, options.name);
  return figure;
}

function makeRenderer(canvas: HTMLCanvasElement): WebGLRenderer | null {
  // three.js logs errors of its own when there is no WebGL context, so this checks first.
  const probe = document.createElement('canvas').getContext('webgl2');
  if (!probe) return null;
  probe.getExtension('WEBGL_lose_context')?.loseContext();
  return new WebGLRenderer({ canvas, antialias: true, alpha: true, preserveDrawingBuffer: true });
}

interface SceneParts {
  points: boolean;
  marks: PlacedMarks | undefined;
  chosen: (() => number) | undefined;
  /** Places that are being measured. */
  pending: () => readonly (SurfacePlace | null)[];
  /** The grid point under the pointer. */
  pointed: () => number | null;
}

/** @returns the scene, and a function that moves what follows the reader */
function buildScene(
  surface: SurfaceGeometry,
  frame: SurfaceFrame,
  { points, marks, chosen, pending, pointed }: SceneParts,
  theme: Theme,
): { scene: Scene; follow: () => void } {
  const scene = new Scene();
  const buffer = new BufferGeometry();
  buffer.setAttribute('position', new BufferAttribute(surface.positions, 3));
  buffer.setAttribute('color', new BufferAttribute(linearColors(surface.colors), 3));
  buffer.setIndex(new BufferAttribute(surface.indices, 1));
  buffer.computeVertexNormals();
  scene.add(
    new Mesh(
      buffer,
      new MeshLambertMaterial({
        vertexColors: true,
        side: DoubleSide,
        polygonOffset: true,
        polygonOffsetFactor: 1,
        polygonOffsetUnits: 1,
      }),
    ),
  );
  const grid = new BufferGeometry();
  grid.setAttribute('position', buffer.getAttribute('position'));
  grid.setIndex(new BufferAttribute(surface.gridLines, 1));
  scene.add(new LineSegments(grid, new LineBasicMaterial({ color: '#ffffff', transparent: true, opacity: 0.16 })));
  if (points && surface.measured.length > 0) {
    const dots = new BufferGeometry();
    dots.setAttribute('position', buffer.getAttribute('position'));
    dots.setIndex(new BufferAttribute(surface.measured, 1));
    const size = 2.5 * devicePixelRatio;
    scene.add(
      new Points(
        dots,
        new PointsMaterial({ color: '#ffffff', size, sizeAttenuation: false, transparent: true, opacity: 0.8 }),
      ),
    );
  }
  scene.add(new AmbientLight('#ffffff', 2));
  const sun = new DirectionalLight('#ffffff', 1.6);
  sun.position.set(-0.6, 1.6, 0.8);
  scene.add(sun);
  addFrame(scene, frame, theme);
  const followers = [movingBalls(scene, pending), pointedBall(scene, surface.positions, pointed)];
  if (marks) followers.push(addMarks(scene, marks, surface.scale, chosen, theme));
  else if (surface.centre) addBall(scene, surface.centre, 0.012, '#ffffff');
  const follow = (): void => followers.forEach((move) => move());
  follow();
  return { scene, follow };
}

function addFrame(scene: Scene, { lines, labels }: SurfaceFrame, theme: Theme): void {
  const frame = new BufferGeometry();
  frame.setAttribute('position', new BufferAttribute(Float32Array.from(lines.flat()), 3));
  scene.add(new LineSegments(frame, new LineBasicMaterial({ color: opaque(theme.muted) })));
  for (const { text, at } of labels) {
    const sprite = textSprite(text, theme.foreground, theme);
    sprite.position.set(...at);
    scene.add(sprite);
  }
}

/** Scales the labels to the size of the page's text, however large the box is and wherever the camera stands. */
function scaleLabels(scene: Scene, camera: PerspectiveCamera, viewportHeight: number): void {
  const visible = (2 * Math.tan((camera.fov * Math.PI) / 360)) / camera.zoom;
  const height = (LABEL_HEIGHT / viewportHeight) * visible;
  scene.traverse((object) => {
    if (object instanceof Sprite) object.scale.set(height * Number(object.userData['aspect']), height, 1);
  });
}

/** Converts sRGB colours to the linear space in which three.js computes light. */
function linearColors(srgb: Float32Array): Float32Array {
  const linear = new Float32Array(srgb.length);
  const color = new Color();
  for (let i = 0; i < srgb.length; i += 3) {
    color.setRGB(srgb[i], srgb[i + 1], srgb[i + 2], SRGBColorSpace).toArray(linear, i);
  }
  return linear;
}

/** Drops the alpha of a colour, which three.js cannot read. The browser parses every notation that a theme may use. */
function opaque(color: string): string {
  const ctx = document.createElement('canvas').getContext('2d');
  if (!ctx) return '#888888';
  ctx.fillStyle = color;
  const parsed = ctx.fillStyle;
  const channels = parsed.match(/^rgba?\((\d+), (\d+), (\d+)/);
  return channels ? `rgb(${channels[1]}, ${channels[2]}, ${channels[3]})` : parsed;
}

function disposeScene(scene: Scene): void {
  scene.traverse((object) => {
    if (object instanceof Mesh || object instanceof LineSegments || object instanceof Points) {
      object.geometry.dispose();
      (object.material as { dispose(): void }).dispose();
    } else if (object instanceof Sprite) {
      object.material.map?.dispose();
      object.material.dispose();
    }
  });
}
