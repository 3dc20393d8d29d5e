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
  Points,
  PointsMaterial,
  Scene,
  Sprite,
  SRGBColorSpace,
} from 'three';
import type { PerspectiveCamera } from 'three';
import type { SurfaceGeometry, SurfacePlace } from '../charts/surface';
import type { SurfaceFrame } from '../charts/surfaceFrame';
import type { PlacedMarks } from '../charts/surfaceMarks';
import type { Theme } from '../theme';
import { addBall, addMarks, movingBalls, pointedBall } from './surfaceBalls';
import { textSprite } from './surfaceText';

/** What is drawn with the surface. */
export interface SceneParts {
  surface: SurfaceGeometry;
  frame: SurfaceFrame;
  /** Shows dots where the loss was measured. */
  points: boolean;
  marks: PlacedMarks | undefined;
  chosen: (() => number) | undefined;
  /** Places that are being measured. */
  pending: () => readonly (SurfacePlace | null)[];
  /** The grid point under the pointer. */
  pointed: () => number | null;
}

/** Builds the scene. @returns the scene, and a function that moves what follows the reader */
export function buildScene(
  { surface, frame, points, marks, chosen, pending, pointed }: SceneParts,
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

/** Height of a label in pixels. */
const LABEL_HEIGHT = 18;

/** Scales the labels to the size of the page's text, however large the box is and wherever the camera stands. */
export function scaleLabels(scene: Scene, camera: PerspectiveCamera, viewportHeight: number): void {
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

/** Frees what the scene holds on the device. */
export function disposeScene(scene: Scene): void {
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
