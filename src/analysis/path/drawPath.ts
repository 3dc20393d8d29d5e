import { sampleLine } from '../../landscape/line';
import { samplePlane } from '../../landscape/plane';
import type { AxisRange } from '../../landscape/grid';
import type { ReadPoint } from '../../compare/gram';
import { remembered } from '../../objective/layers/remembered';
import type { Objective } from '../../objective/objective';
import type { Line, Plane } from '../../report/report';
import type { PathPca } from '../../report/sections/path';
import { formatCount } from '../../text/counts';
import type { StageReport } from '../progress';
import { pathAxes } from './pathAxes';

/** Share of the extent of the path by which the plane reaches beyond it, on each side. */
const MARGIN = 0.15;
/** The shorter side of the plane is at least this share of the longer one, so that a straight path shows what is beside it. */
const NARROWEST = 0.1;
/** Share of the work that the Gram matrix and the axes take before losses are measured. */
const READING = 0.3;

export interface PathPoints {
  /** Reads θ of checkpoint i, for the checkpoints with finite weights. */
  read: ReadPoint;
  /** Places of these checkpoints in the path; the last is the centre. */
  finite: readonly number[];
  /** Number of all checkpoints. */
  count: number;
}

export interface DrawPathOptions {
  steps: number;
  /** Largest interpolation error of the plane as a fraction of its range; undefined: every point is measured. */
  tolerance?: number;
  signal?: AbortSignal;
  report: StageReport;
  onPlane?: (pca: PathPca | null, plane: Plane) => void;
}

export interface DrawnPath {
  /** ‖θ − θ_centre‖ of every checkpoint; NaN where its weights are not finite. */
  distances: number[];
  /** Whether two checkpoints hold the same weights. */
  same: (i: number, j: number) => boolean;
  /** Null where all checkpoints are the same. */
  pca: PathPca | null;
  planes: Plane[];
  /** Where the path has one axis only, the loss along it. */
  lines: Line[];
}

/**
 * Finds the principal plane of a path around the last checkpoint, and measures the loss over it and at the projections of
 * the checkpoints. The weights are read from the disk again and again, so that few of them are in memory at once.
 * @param measured the loss of the last checkpoint
 */
export async function drawPath(
  measured: Objective,
  { read, finite, count }: PathPoints,
  { steps, tolerance, signal, report, onPlane }: DrawPathOptions,
): Promise<DrawnPath> {
  const objective = remembered(measured);
  const readPoint: ReadPoint = (i) => read(finite[i]);
  const { gram, found, axes } = await pathAxes(objective, finite.length, readPoint, {
    signal,
    onPoint: (done, total) =>
      report((READING * done) / total, `${formatCount(done)} of ${formatCount(total)} checkpoints read`),
  });
  const everywhere = <T>(values: readonly T[], otherwise: T): T[] => {
    const all = Array.from({ length: count }, () => otherwise);
    finite.forEach((place, i) => (all[place] = values[i]));
    return all;
  };
  const distances = everywhere(
    gram.map((row, i) => Math.sqrt(row[i])),
    NaN,
  );
  const placeOf = new Map(finite.map((place, i) => [place, i]));
  const same = (i: number, j: number) => {
    const [a, b] = [placeOf.get(i), placeOf.get(j)];
    return a !== undefined && b !== undefined && gram[a][a] + gram[b][b] - 2 * gram[a][b] === 0;
  };
  if (axes.length === 0) return { distances, same, pca: null, planes: [], lines: [] };
  const [x, y] = axes;

  const onPlaneLosses = await objective.plane(
    x.vector,
    y?.vector ?? null,
    found.coordinates.map(([alpha, beta]) => ({ alpha, beta })),
    { signal },
  );
  const { explained, distanceShare, coordinates, offPlane } = found;
  const pca: PathPca = {
    explained,
    distanceShare,
    coordinates: everywhere<number[]>(coordinates, [NaN, NaN]),
    offPlane: everywhere(offPlane, NaN),
    lossOnPlane: everywhere(
      onPlaneLosses.map(({ loss }) => loss),
      NaN,
    ),
  };
  const ranges = rangesOf(coordinates, steps);
  const options = {
    tolerance,
    signal,
    onPoint: (done: number, total: number) =>
      report(
        READING + (1 - READING) * (done / total),
        `plane of the path, ${formatCount(done)} of ${formatCount(total)} points`,
      ),
  };
  if (!y) {
    const line = await sampleLine(objective, x, ranges.x, options);
    return { distances, same, pca, planes: [], lines: [line] };
  }
  const plane = await samplePlane(objective, x, y, ranges, { ...options, onPlane: (part) => onPlane?.(pca, part) });
  return { distances, same, pca, planes: [plane], lines: [] };
}

/** Ranges that hold all points with a margin. */
function rangesOf(coordinates: readonly (readonly number[])[], steps: number): { x: AxisRange; y: AxisRange } {
  const [x, y] = [0, 1].map((k) => extentOf(coordinates.map((point) => point[k])));
  const longest = Math.max(x.to - x.from, y.to - y.from);
  const range = ({ from, to }: { from: number; to: number }): AxisRange => {
    const missing = Math.max(0, NARROWEST * longest - (to - from)) / 2;
    const margin = MARGIN * Math.max(to - from, NARROWEST * longest) + missing;
    return { from: from - margin, to: to + margin, steps };
  };
  return { x: range(x), y: range(y) };
}

function extentOf(values: readonly number[]): { from: number; to: number } {
  return { from: Math.min(...values), to: Math.max(...values) };
}
