import type { LossValue, Objective } from '../objective/objective';
import { nestedMeshes, outwards, pointsOf } from './grid';
import type { Mesh } from './grid';
import type { Refinement } from './refine';
import { refiner } from './refine';

export interface SampleOptions {
  /** Largest interpolation error as a fraction of the range, see `allowedErrors`; without it, every point is measured. */
  tolerance?: number;
  signal?: AbortSignal;
  /** `total` counts the points to measure that are known so far; it grows while cells are refined. */
  onPoint?: (done: number, total: number, value: LossValue) => void;
  /** Called for each picture: `mesh` in full, or the whole grid, partly interpolated. */
  onSamples?: (samples: Samples, mesh: Mesh) => void;
}

/** Known values of a grid, one entry per point, row by row; undefined if unknown. */
export interface Samples {
  loss: (number | undefined)[];
  /** NaN everywhere if the targets are not classes. */
  accuracy: (number | undefined)[];
  /** NaN everywhere if the targets are not numbers. */
  rSquared: (number | undefined)[];
  /** Absent if every point shown was measured. */
  interpolated?: { evaluated: boolean[]; errors: number[]; tolerance: number };
}

/** The fully measured mesh of an adaptive picture has at most this spacing. Narrower features may go unseen. */
const WIDEST_GAP = 4;
/** It also has at least so many lines per axis, or all of them. */
const LEAST_LINES = 9;

/**
 * L(θ + α·d₁ + β·d₂) over a grid of α [columns] and β [rows], the centre first and then from coarse to fine. With a
 * tolerance, fine points are measured only where the interpolation error would exceed it. NaN and ∞ are kept.
 * Cost: one loss per measured point. The graph computes each point from α and β.
 * @throws AbortError between two points when the signal aborts
 */
export async function sampleGrid(
  objective: Objective,
  [d1, d2]: [Float32Array, Float32Array | null],
  { alpha, beta, centre }: { alpha: readonly number[]; beta: readonly number[]; centre: [number, number] },
  { tolerance, signal, onPoint, onSamples }: SampleOptions,
): Promise<Samples> {
  const width = alpha.length;
  const meshes = nestedMeshes(beta.length, width, centre);
  const least = tolerance === undefined ? meshes.length - 1 : leastMesh(meshes);
  const grid = meshes[meshes.length - 1];
  const measured = new Array<LossValue | undefined>(beta.length * width).fill(undefined);
  const known = (of: keyof LossValue) => measured.map((value) => value && (value[of] ?? NaN));
  const knownSamples = () => ({ loss: known('loss'), accuracy: known('accuracy'), rSquared: known('rSquared') });
  let done = 0;
  const measure = async (wanted: readonly number[], total: number) => {
    const points = outwards(
      wanted.filter((p) => !measured[p]),
      width,
      centre,
    );
    const values = await objective.plane(
      d1,
      d2,
      points.map((p) => ({ alpha: alpha[p % width], beta: beta[Math.floor(p / width)] })),
      {
        signal,
        onPoint: (index, value) => {
          measured[points[index]] = value;
          onPoint?.(++done, total, value);
        },
      },
    );
    points.forEach((p, index) => (measured[p] = values[index]));
  };

  const first = pointsOf(meshes[least], width).length;
  await measure([centre[0] * width + centre[1]], first);
  for (const mesh of meshes.slice(0, least + 1)) {
    await measure(pointsOf(mesh, width), first);
    if (mesh !== grid) onSamples?.(knownSamples(), mesh);
  }
  if (tolerance === undefined || least === meshes.length - 1) return knownSamples();
  const refine = refiner(alpha, beta, tolerance);
  for (;;) {
    const refined = refine(known('loss'));
    const samples = interpolatedSamples(refined);
    if (refined.wanted.length === 0) return samples;
    onSamples?.(samples, grid);
    await measure(refined.wanted, done + refined.wanted.length);
  }

  function interpolatedSamples({ values, errors, like }: Refinement): Samples {
    const evaluated = measured.map((value) => value !== undefined);
    /** Within `lowest` and 1; the error is not checked. */
    const score = (of: keyof LossValue, lowest: number) =>
      like(known(of)).map((value) => Math.min(Math.max(value, lowest), 1));
    const samples = { loss: values, accuracy: score('accuracy', 0), rSquared: score('rSquared', -Infinity) };
    if (evaluated.every(Boolean)) return samples;
    return { ...samples, interpolated: { evaluated, errors, tolerance: tolerance! } };
  }
}

/**
 * The scores to report: accuracy where the targets are classes, R² where they are numbers.
 * @param arrange the values at the points of a picture, in its form
 */
export function scoresOf<T>(
  { accuracy, rSquared }: Samples,
  arrange: (values: readonly (number | undefined)[]) => T,
): { accuracy?: T; rSquared?: T } {
  const isKnown = (values: readonly (number | undefined)[]) =>
    values.some((value) => value !== undefined && !Number.isNaN(value));
  return {
    ...(isKnown(accuracy) ? { accuracy: arrange(accuracy) } : {}),
    ...(isKnown(rSquared) ? { rSquared: arrange(rSquared) } : {}),
  };
}

/** What the report says about measured and interpolated points; undefined if every point was measured. */
export function interpolationOf({ interpolated }: Samples) {
  if (!interpolated) return undefined;
  const { evaluated, errors, tolerance } = interpolated;
  // Two digits, rounded up, because it is a bound and the file holds a matrix of them.
  const error = errors.map((value) =>
    value > 0 && Number.isFinite(value) ? Number((1.05 * value).toPrecision(2)) : value,
  );
  return { tolerance, interpolationError: Math.max(...error), evaluated, error };
}

/** Index of the fully measured mesh of an adaptive picture. */
function leastMesh(meshes: readonly Mesh[]): number {
  const grid = meshes[meshes.length - 1];
  const isFine = (lines: readonly number[], all: readonly number[]) =>
    lines.length >= Math.min(LEAST_LINES, all.length) &&
    lines.every((line, i) => i === 0 || line - lines[i - 1] <= WIDEST_GAP);
  return meshes.findIndex(({ rows, columns }) => isFine(rows, grid.rows) && isFine(columns, grid.columns));
}
