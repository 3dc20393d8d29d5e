import { PerspectiveCamera } from 'three';
import { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js';

/** Angle in radians by which one press of an arrow key turns the surface. */
const KEY_TURN = 0.12;

/** A camera that looks at the surface from where the reader puts it. */
export interface SteeredCamera {
  camera: PerspectiveCamera;
  /** Fits the view to a new size of the canvas, in pixels. */
  fit(width: number, height: number): void;
  dispose(): void;
}

/**
 * Makes a camera that dragging and the arrow keys turn around the surface, and that a wheel with Ctrl brings nearer.
 * @param changed called after each change
 */
export function steeredCamera(canvas: HTMLCanvasElement, changed: () => void): SteeredCamera {
  const camera = new PerspectiveCamera(35, 1, 0.1, 20);
  camera.position.set(1.2, 1.1, 1.75);
  const controls = new OrbitControls(camera, canvas);
  controls.enablePan = false;
  // A bare wheel must scroll the page, as it does over every other chart.
  controls.enableZoom = false;
  controls.target.set(0, -0.1, 0);
  controls.update();
  controls.addEventListener('change', changed);

  canvas.addEventListener('wheel', (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    camera.position.multiplyScalar(Math.exp(event.deltaY * 0.001));
    camera.position.clampLength(0.8, 5);
    controls.update();
    changed();
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
    changed();
  });

  return {
    camera,
    fit(width, height) {
      camera.aspect = width / height;
      // A narrow box gets a smaller zoom, so that the whole surface stays in sight.
      camera.zoom = Math.min(1, camera.aspect / 1.15);
      camera.updateProjectionMatrix();
    },
    dispose: () => controls.dispose(),
  };
}
