import { CylinderGeometry, Mesh, MeshBasicMaterial, SphereGeometry, Vector3 } from 'three';
import type { Object3D, Scene } from 'three';
import type { Theme } from '../theme';
import { cssColor, viridis } from '../charts/colorMap';
import type { ColorScale } from '../charts/colorMap';
import type { SurfacePlace } from '../charts/surface';
import type { PlacedMarks } from '../charts/surfaceMarks';
import { textSprite } from './surfaceText';

const RADIUS = { point: 0.011, chosen: 0.017, pointed: 0.007, path: 0.0035, stem: 0.0015 };

/**
 * Adds the points to the scene. They are drawn over the surface, which would hide those that lie below it.
 * @param chosen index of the point that the reader chose
 * @returns a function that moves the mark to the chosen point
 */
export function addMarks(
  scene: Scene,
  { rods, balls, labels, places }: PlacedMarks,
  scale: ColorScale,
  chosen: (() => number) | undefined,
  theme: Theme,
): () => void {
  for (const { from, to, kind } of rods) addRod(scene, from, to, RADIUS[kind]);
  for (const { at, loss } of balls) addBall(scene, at, RADIUS.point, lossColor(scale, loss));
  for (const { text, at } of labels) {
    const label = textSprite(text, theme.foreground, theme);
    label.position.set(...at);
    label.renderOrder = 5;
    scene.add(label);
  }
  if (!chosen) return () => undefined;
  const mark = addBall(scene, [0, 0, 0], RADIUS.chosen, '#ffffff');
  const move = (): void => {
    const at = places[chosen()] ?? null;
    for (const part of mark) {
      part.visible = at !== null;
      if (at) part.position.set(...at);
    }
  };
  move();
  return move;
}

/** Adds a small ball at the grid point under the pointer. @returns a function that moves it there */
export function pointedBall(scene: Scene, positions: Float32Array, pointed: () => number | null): () => void {
  const ball = addBall(scene, [0, 0, 0], RADIUS.pointed, '#ffffff');
  return () => {
    const index = pointed();
    for (const part of ball) {
      part.visible = index !== null;
      if (index !== null) part.position.fromArray(positions, 3 * index);
    }
  };
}

/** Adds pale balls at places that come and go. @returns a function that brings them up to date */
export function movingBalls(scene: Scene, places: () => readonly (SurfacePlace | null)[]): () => void {
  const balls: Object3D[][] = [];
  return () => {
    const now = places();
    while (balls.length < now.length) balls.push(addBall(scene, [0, 0, 0], RADIUS.point, '#9e9e9e'));
    balls.forEach((ball, i) => {
      const at = now[i] ?? null;
      for (const part of ball) {
        part.visible = at !== null;
        if (at) part.position.set(...at);
      }
    });
  };
}

/** Adds a ball with a white and a dark rim, which stands out on any colour. */
export function addBall(scene: Scene, at: SurfacePlace, radius: number, color: string): Object3D[] {
  return (
    [
      [radius * 1.6, '#000000', 3],
      [radius * 1.25, '#ffffff', 4],
      [radius, color, 4],
    ] as const
  ).map(([size, fill, order]) => {
    const ball = new Mesh(new SphereGeometry(size, 24, 16), new MeshBasicMaterial({ color: fill, depthTest: false }));
    ball.position.set(...at);
    ball.renderOrder = order;
    scene.add(ball);
    return ball;
  });
}

function addRod(scene: Scene, from: SurfacePlace, to: SurfacePlace, radius: number): void {
  const [a, b] = [new Vector3(...from), new Vector3(...to)];
  const way = b.clone().sub(a);
  const length = way.length();
  if (length === 0) return;
  for (const [thickness, color, order] of [
    [radius * 2, '#000000', 1],
    [radius, '#ffffff', 2],
  ] as const) {
    const rod = new Mesh(
      new CylinderGeometry(thickness, thickness, length, 8),
      new MeshBasicMaterial({ color, depthTest: false }),
    );
    rod.position.copy(a).add(b).multiplyScalar(0.5);
    // A new cylinder stands along y.
    rod.quaternion.setFromUnitVectors(new Vector3(0, 1, 0), way.clone().normalize());
    rod.renderOrder = order;
    scene.add(rod);
  }
}

/** The colour of a loss on the scale of the surface; white where there is none. */
export function lossColor(scale: ColorScale, loss: number | undefined): string {
  const position = loss === undefined ? NaN : scale.position(loss);
  return Number.isNaN(position) ? '#ffffff' : cssColor(viridis(position));
}
