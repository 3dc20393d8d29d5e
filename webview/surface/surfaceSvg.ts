import { Color, SRGBColorSpace, Vector3 } from 'three';
import type { Camera } from 'three';
import type { SurfaceGeometry, SurfacePlace } from '../charts/surface';
import type { SurfaceFrame } from '../charts/surfaceFrame';
import type { PlacedMarks } from '../charts/surfaceMarks';
import { lossColor } from './surfaceBalls';
import type { Theme } from '../theme';
import { SvgContext } from '../svg/svgContext';
import type { TextMeasure } from '../svg/svgText';

/** The light of the scene on the screen: what falls on every side, and what comes from the sun. */
const AMBIENT = 2 / Math.PI;
const SUN = { strength: 1.6 / Math.PI, from: new Vector3(-0.6, 1.6, 0.8).normalize() };

interface DrawnSurface {
  geometry: SurfaceGeometry;
  frame: SurfaceFrame;
  marks?: PlacedMarks;
  /** Place of the point that the reader chose. */
  chosen: SurfacePlace | null;
}

/**
 * Draws the surface as the camera sees it: triangles from the farthest to the nearest, so that nearer ones cover
 * farther ones, then the points, which the screen draws above the surface, too.
 */
export function surfaceMarkup(
  { geometry, frame, marks, chosen }: DrawnSurface,
  camera: Camera,
  { width, height }: { width: number; height: number },
  measure: TextMeasure,
  theme: Theme,
): string {
  const ctx = new SvgContext({ width, height }, measure);
  const project = (place: Readonly<SurfacePlace>): { x: number; y: number; depth: number } => {
    const { x, y, z } = new Vector3(...place).project(camera);
    return { x: ((x + 1) / 2) * width, y: ((1 - y) / 2) * height, depth: z };
  };
  const trace = (places: readonly SurfacePlace[]): void => {
    ctx.beginPath();
    for (const place of places) {
      const { x, y } = project(place);
      ctx.lineTo(x, y);
    }
  };

  ctx.strokeStyle = theme.muted;
  for (let i = 0; i + 1 < frame.lines.length; i += 2) {
    trace(frame.lines.slice(i, i + 2));
    ctx.stroke();
  }
  ctx.lineJoin = 'round';
  ctx.lineWidth = 0.6;
  for (const { corners, color } of trianglesFromAfar(geometry, camera, project)) {
    trace(corners);
    ctx.closePath();
    ctx.fillStyle = color;
    ctx.fill();
    // The stroke closes the seams that viewers leave between neighbouring shapes.
    ctx.strokeStyle = color;
    ctx.stroke();
  }

  for (const { from, to, kind } of marks?.rods ?? []) {
    trace([from, to]);
    for (const [thickness, color] of [
      [kind === 'path' ? 4 : 2, 'rgba(0, 0, 0, 0.5)'],
      [kind === 'path' ? 1.75 : 0.75, '#ffffff'],
    ] as const) {
      ctx.lineWidth = thickness;
      ctx.strokeStyle = color;
      ctx.stroke();
    }
  }
  const balls = [
    ...(marks?.balls ?? []).map(({ at, loss }) => ({ at, radius: 4, color: lossColor(geometry.scale, loss) })),
    ...(chosen ? [{ at: chosen, radius: 6, color: '#ffffff' }] : []),
    ...(!marks && geometry.centre ? [{ at: geometry.centre, radius: 4, color: '#ffffff' }] : []),
  ];
  for (const { at, radius, color } of balls) {
    const { x, y } = project(at);
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    for (const [width, rim] of [
      [5, '#000000'],
      [2, '#ffffff'],
    ] as const) {
      ctx.lineWidth = width;
      ctx.strokeStyle = rim;
      ctx.stroke();
    }
    ctx.fillStyle = color;
    ctx.fill();
  }
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.font = `12px ${theme.fontFamily}`;
  ctx.fillStyle = theme.foreground;
  for (const { text, at } of [...frame.labels, ...(marks?.labels ?? [])]) {
    const { x, y } = project(at);
    // Names of models stand on the surface, whose colours may be those of the text.
    ctx.lineWidth = 4;
    ctx.strokeStyle = theme.background;
    ctx.strokeText(text, x, y);
    ctx.fillText(text, x, y);
  }
  return ctx.markup();
}

function trianglesFromAfar(
  { positions, colors, indices }: SurfaceGeometry,
  camera: Camera,
  project: (place: SurfacePlace) => { depth: number },
): { corners: SurfacePlace[]; color: string }[] {
  const placeOf = (index: number): SurfacePlace => [
    positions[3 * index],
    positions[3 * index + 1],
    positions[3 * index + 2],
  ];
  const triangles = [];
  for (let i = 0; i < indices.length; i += 3) {
    const points = [indices[i], indices[i + 1], indices[i + 2]];
    const corners = points.map(placeOf);
    const [a, b, c] = corners.map((corner) => new Vector3(...corner));
    const normal = b.clone().sub(a).cross(c.clone().sub(a)).normalize();
    // The light falls on the side that the reader sees.
    if (normal.dot(camera.position.clone().sub(a)) < 0) normal.negate();
    const light = AMBIENT + SUN.strength * Math.max(normal.dot(SUN.from), 0);
    const mean = (channel: number): number =>
      points.reduce((sum, index) => sum + colors[3 * index + channel], 0) / points.length;
    const color = new Color().setRGB(mean(0), mean(1), mean(2), SRGBColorSpace).multiplyScalar(light);
    const clamped = new Color(Math.min(color.r, 1), Math.min(color.g, 1), Math.min(color.b, 1));
    const depth = corners.reduce((sum, corner) => sum + project(corner).depth, 0);
    triangles.push({ corners, depth, color: `#${clamped.getHexString()}` });
  }
  return triangles.sort((one, other) => other.depth - one.depth);
}
