import {
  AmbientLight,
  BufferAttribute,
  BufferGeometry,
  CanvasTexture,
  Color,
  DirectionalLight,
  DoubleSide,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshBasicMaterial,
  MeshLambertMaterial,
  PerspectiveCamera,
  Points,
  PointsMaterial,
  Scene,
  SphereGeometry,
  Sprite,
  SpriteMaterial,
  SRGBColorSpace,
  WebGLRenderer,
} from 'three';
import { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js';
import type { Plane } from '../../src/report/report';
import { h } from '../dom';
import { formatNumber } from '../../src/text/numbers';
import { readTheme } from '../theme';
import type { Theme } from '../theme';
import { observeWidth, paintPicture } from './mount';
import type { Figure } from './mount';
import { surfaceGeometry, SURFACE_HEIGHT } from './surface';
import type { SurfaceGeometry } from './surface';

export interface SurfaceOptions {
  plane: Plane;
  scale: 'log' | 'linear';
  /** Shows dots where the loss was measured, in a plane that is partly interpolated. */
  points: boolean;
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
  const renderer = makeRenderer(canvas);
  if (!renderer) {
    box.replaceChildren(
      h(
        'p',
        { class: 'note' },
        'The surface needs WebGL, which is not available here. Contours and heat map show the same data.',
      ),
    );
    return { element, redraw: () => undefined, picture: () => '', drawing: () => '', dispose: () => undefined };
  }

  const geometry = surfaceGeometry(options.plane, options.scale);
  const camera = new PerspectiveCamera(35, 1, 0.1, 20);
  camera.position.set(1.2, 1.1, 1.75);
  const controls = new OrbitControls(camera, canvas);
  controls.enablePan = false;
  // A bare wheel must scroll the page, as it does over every other chart.
  controls.enableZoom = false;
  controls.target.set(0, -0.1, 0);
  controls.update();
  let scene = buildScene(geometry, options, readTheme());
  // The scene is drawn only when something changed, so that a still picture costs nothing.
  const render = (): void => {
    scaleLabels(scene, camera, Math.max(canvas.clientHeight, 1));
    renderer.render(scene, camera);
  };
  controls.addEventListener('change', render);

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

  return {
    element,
    redraw() {
      disposeScene(scene);
      scene = buildScene(geometry, options, readTheme());
      render();
    },
    picture() {
      render();
      return paintPicture(canvas, options.name);
    },
    drawing: () => '',
    dispose() {
      observer.disconnect();
      controls.dispose();
      disposeScene(scene);
      renderer.dispose();
      // A browser allows only a few live WebGL contexts per page, so this one is released at once.
      renderer.forceContextLoss();
    },
  };
}

function makeRenderer(canvas: HTMLCanvasElement): WebGLRenderer | null {
  // three.js logs errors of its own when there is no WebGL context, so this checks first.
  const probe = document.createElement('canvas').getContext('webgl2');
  if (!probe) return null;
  probe.getExtension('WEBGL_lose_context')?.loseContext();
  return new WebGLRenderer({ canvas, antialias: true, alpha: true, preserveDrawingBuffer: true });
}

function buildScene(
  surface: SurfaceGeometry,
  { plane, points }: Pick<SurfaceOptions, 'plane' | 'points'>,
  theme: Theme,
): Scene {
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
  addFrame(scene, surface, plane, theme);
  if (surface.centre) {
    const [x, y, z] = surface.centre;
    for (const [radius, color] of [
      [0.017, '#000000'],
      [0.012, '#ffffff'],
    ] as const) {
      const ball = new Mesh(new SphereGeometry(radius, 24, 16), new MeshBasicMaterial({ color, depthTest: false }));
      ball.position.set(x, y, z);
      ball.renderOrder = radius === 0.017 ? 1 : 2;
      scene.add(ball);
    }
  }
  return scene;
}

/** Adds the outline of the floor, a vertical axis for the loss, and the names and end values of the three axes. */
function addFrame(scene: Scene, { scale }: SurfaceGeometry, plane: Plane, theme: Theme): void {
  const floor = -SURFACE_HEIGHT / 2 - 0.04;
  const corners = [
    [-0.5, 0.5],
    [0.5, 0.5],
    [0.5, -0.5],
    [-0.5, -0.5],
  ] as const;
  const points = corners.flatMap(([x, z], i) => {
    const [nextX, nextZ] = corners[(i + 1) % 4];
    return [x, floor, z, nextX, floor, nextZ];
  });
  points.push(-0.5, floor, 0.5, -0.5, SURFACE_HEIGHT / 2, 0.5);
  const frame = new BufferGeometry();
  frame.setAttribute('position', new BufferAttribute(Float32Array.from(points), 3));
  scene.add(new LineSegments(frame, new LineBasicMaterial({ color: opaque(theme.muted) })));
  const label = (text: string, x: number, y: number, z: number): void => {
    const sprite = textSprite(text, theme);
    sprite.position.set(x, y, z);
    scene.add(sprite);
  };
  const ends = (values: number[]): [string, string] => [formatNumber(values[0], 2), formatNumber(values.at(-1)!, 2)];
  const [xFrom, xTo] = ends(plane.x.values);
  const [yFrom, yTo] = ends(plane.y.values);
  label(xFrom, -0.46, floor - 0.02, 0.57);
  label('α', 0, floor - 0.02, 0.59);
  label(xTo, 0.46, floor - 0.02, 0.57);
  label(yFrom, 0.59, floor - 0.02, 0.46);
  label('β', 0.61, floor - 0.02, 0);
  label(yTo, 0.59, floor - 0.02, -0.46);
  label(formatNumber(scale.max, 3), -0.6, SURFACE_HEIGHT / 2, 0.5);
  label(scale.kind === 'log' ? 'loss, log' : 'loss', -0.62, 0, 0.5);
  label(formatNumber(scale.min, 3), -0.6, -SURFACE_HEIGHT / 2, 0.5);
}

function textSprite(text: string, theme: Theme): Sprite {
  const ratio = 4;
  const canvas = document.createElement('canvas');
  const ctx = canvas.getContext('2d');
  if (!ctx) throw new Error('This browser gives no 2-D canvas for the labels.');
  const font = `${12 * ratio}px ${theme.fontFamily}`;
  ctx.font = font;
  canvas.width = Math.ceil(ctx.measureText(text).width) + 4 * ratio;
  canvas.height = 18 * ratio;
  // The new size of the canvas has reset the font, so it is set again.
  ctx.font = font;
  ctx.fillStyle = theme.foreground;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'center';
  ctx.fillText(text, canvas.width / 2, canvas.height / 2);
  const map = new CanvasTexture(canvas);
  map.colorSpace = SRGBColorSpace;
  const sprite = new Sprite(new SpriteMaterial({ map, depthTest: false, sizeAttenuation: false }));
  sprite.userData['aspect'] = canvas.width / canvas.height;
  return sprite;
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
