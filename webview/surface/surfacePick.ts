import {
  BufferAttribute,
  BufferGeometry,
  DoubleSide,
  Mesh,
  MeshBasicMaterial,
  Raycaster,
  Vector2,
  Vector3,
} from 'three';
import type { Camera } from 'three';
import type { Plane } from '../../src/report/report';
import type { SurfaceGeometry, SurfacePlace } from '../charts/surface';

/** What of a surface lies under the pointer. */
export interface SurfaceHit {
  /** Index of a mark within reach of the pointer. */
  mark?: number;
  /** The place of the plane below the pointer. */
  at: { x: number; y: number };
  /** Index of the grid point that is nearest to that place. */
  nearest: number;
}

/** A pointer's place on a canvas, and the size of the canvas, in pixels. */
export interface SurfacePointer {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Radius of the area around a mark that answers to the pointer, in pixels. */
const REACH = 9;

/**
 * Makes a function that finds what lies under a pointer; it returns null beside the surface and in its holes.
 * Marks come first, since they are drawn over the surface.
 * @param places places of the marks in the box of the surface
 */
export function surfacePicker(
  plane: Plane,
  geometry: SurfaceGeometry,
  places: readonly (SurfacePlace | null)[],
): (pointer: SurfacePointer, camera: Camera) => SurfaceHit | null {
  const buffer = new BufferGeometry();
  buffer.setAttribute('position', new BufferAttribute(geometry.positions, 3));
  buffer.setIndex(new BufferAttribute(geometry.indices, 1));
  const mesh = new Mesh(buffer, new MeshBasicMaterial({ side: DoubleSide }));
  const ray = new Raycaster();
  const hitAt = (x: number, z: number): SurfaceHit => ({
    at: { x: valueAt(plane.x.values, x + 0.5), y: valueAt(plane.y.values, 0.5 - z) },
    nearest: nearestPoint(geometry.positions, x, z),
  });
  return (pointer, camera) => {
    const mark = markUnder(pointer, places, camera);
    if (mark !== null) {
      const [x, , z] = places[mark]!;
      return { ...hitAt(x, z), mark };
    }
    const { x, y, width, height } = pointer;
    ray.setFromCamera(new Vector2((2 * x) / width - 1, 1 - (2 * y) / height), camera);
    const [first] = ray.intersectObject(mesh);
    return first ? hitAt(first.point.x, first.point.z) : null;
  };
}

/** The mark nearest to the pointer on the screen; null where none is within reach. */
function markUnder(
  { x, y, width, height }: SurfacePointer,
  places: readonly (SurfacePlace | null)[],
  camera: Camera,
): number | null {
  let [best, reach]: [number | null, number] = [null, REACH];
  for (const [index, place] of places.entries()) {
    if (!place) continue;
    const at = new Vector3(...place).project(camera);
    const distance = Math.hypot(((at.x + 1) / 2) * width - x, ((1 - at.y) / 2) * height - y);
    if (distance <= reach) [best, reach] = [index, distance];
  }
  return best;
}

/** The value of an axis at a share of its length. */
function valueAt(values: readonly number[], share: number): number {
  const [from, to] = [values[0], values.at(-1)!];
  return from + Math.min(Math.max(share, 0), 1) * (to - from);
}

/** The grid point that is nearest to a place, seen from above. */
function nearestPoint(positions: Float32Array, x: number, z: number): number {
  let best = { index: 0, distance: Infinity };
  for (let index = 0; 3 * index < positions.length; index += 1) {
    const distance = Math.hypot(positions[3 * index] - x, positions[3 * index + 2] - z);
    if (distance < best.distance) best = { index, distance };
  }
  return best.index;
}
