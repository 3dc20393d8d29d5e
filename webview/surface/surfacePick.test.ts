import { PerspectiveCamera, Vector3 } from 'three';
import { describe, expect, it } from 'vitest';
import type { Plane } from '../../src/report/report';
import { surfaceGeometry, surfacePlace } from '../charts/surface';
import type { SurfacePlace } from '../charts/surface';
import { surfacePicker } from './surfacePick';

/** A tilted plane whose samples are not evenly spaced: loss = x + 2y. */
const plane: Plane = {
  x: { direction: 'random', values: [-1, 0, 0.5, 3] },
  y: { direction: 'random', values: [0, 1, 2] },
  loss: [0, 1, 2].map((y) => [-1, 0, 0.5, 3].map((x) => x + 2 * y)),
};
const size = { width: 600, height: 400 };

function lookingFrom(...position: [number, number, number]): PerspectiveCamera {
  const camera = new PerspectiveCamera(35, size.width / size.height, 0.1, 20);
  camera.position.set(...position);
  camera.lookAt(0, -0.1, 0);
  camera.updateMatrixWorld();
  return camera;
}

/** Where a place of the box stands on the canvas. */
function pixelOf(place: SurfacePlace, camera: PerspectiveCamera) {
  const { x, y } = new Vector3(...place).project(camera);
  return { ...size, x: ((x + 1) / 2) * size.width, y: ((1 - y) / 2) * size.height };
}

describe('a pointer over the surface', () => {
  const geometry = surfaceGeometry(plane, 'linear');
  const placeOf = (x: number, y: number): SurfacePlace =>
    surfacePlace(plane, geometry.scale, { x, y, loss: x + 2 * y })!;
  const pick = surfacePicker(plane, geometry, []);

  it.each([
    ['from the front', lookingFrom(1.2, 1.1, 1.75)],
    ['from behind', lookingFrom(-1.2, 1.6, -1.75)],
  ])('finds the place below it, %s', (_, camera) => {
    for (const [x, y] of [
      [-0.9, 0.1],
      [0.2, 1.3],
      [2.5, 1.9],
    ] as const) {
      const hit = pick(pixelOf(placeOf(x, y), camera), camera)!;
      expect(hit.at.x).toBeCloseTo(x, 4);
      expect(hit.at.y).toBeCloseTo(y, 4);
    }
  });

  it('names the grid point that is nearest', () => {
    const camera = lookingFrom(1.2, 1.1, 1.75);
    expect(pick(pixelOf(placeOf(0.4, 1.1), camera), camera)!.nearest).toBe(1 * 4 + 2);
  });

  it('finds nothing beside the surface or in a hole of it', () => {
    const camera = lookingFrom(1.2, 1.1, 1.75);
    expect(pick({ ...size, x: 2, y: 2 }, camera)).toBeNull();
    const loss = plane.loss.map((row) => [...row]);
    loss[1][2] = NaN;
    const broken = { ...plane, loss };
    const pickBroken = surfacePicker(broken, surfaceGeometry(broken, 'linear'), []);
    expect(pickBroken(pixelOf(placeOf(0.45, 0.95), camera), camera)).toBeNull();
    expect(pickBroken(pixelOf(placeOf(-0.9, 0.1), camera), camera)).not.toBeNull();
  });

  it('prefers a mark within reach, also one that hovers above the surface', () => {
    const camera = lookingFrom(1.2, 1.1, 1.75);
    const above = surfacePlace(plane, geometry.scale, { x: 0, y: 1, loss: 6 })!;
    const pickMarks = surfacePicker(plane, geometry, [null, above]);
    const { x, y } = pixelOf(above, camera);
    const hit = pickMarks({ ...size, x: x + 5, y: y - 5 }, camera)!;
    expect(hit.mark).toBe(1);
    expect(hit.at.x).toBeCloseTo(0, 6);
    expect(hit.at.y).toBeCloseTo(1, 6);
    expect(pickMarks({ ...size, x: x + 20, y }, camera)?.mark).toBeUndefined();
  });
});
