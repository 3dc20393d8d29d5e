import { vectorFor } from '../landscape/direction';
import type { Direction } from '../landscape/direction';
import { evenValues, nestedMeshes, outwards, pointsOf } from '../landscape/grid';
import type { AxisRange, Mesh } from '../landscape/grid';
import type { Objective } from '../objective/objective';
import type { PlaneCurvature } from '../report/sections/planeCurvature';
import { pointCurvature } from '../spectrum/pointCurvature';
import type { PointCurvature, PointRequest } from '../spectrum/pointCurvature';

export interface CurvatureGridRequest extends Omit<PointRequest, 'near'> {
  x: AxisRange;
  y: AxisRange;
  /** Returns what another process has measured at a point of the grid, row by row; null if it is not known. */
  known?: (point: number) => Promise<PointCurvature | null>;
  /** Called after each point. */
  onPoint?: (done: number, total: number) => void;
  /** Receives the whole of a coarser grid, then a finer one, before the last. */
  onGrid?: (grid: PlaneCurvature) => void;
}

/** Share of the memory for Krylov vectors that starts for the points nearby may take. */
const KEPT_SHARE = 1 / 4;
const BYTES = Float32Array.BYTES_PER_ELEMENT;

/**
 * The extreme eigenvalues of the Hessian on a grid over a plane, from the centre outwards and from coarse to fine. Lanczos
 * begins at each point with the eigenvectors of the nearest point measured before.
 * Cost: a gradient and 10 to 60 products per point.
 * @see Li et al. 2018, arXiv:1712.09913, section 6 (their figure 7 shows |λ_min/λ_max|)
 */
export async function curvatureGrid(
  objective: Objective,
  [first, second]: readonly [Direction, Direction],
  { x, y, known, onPoint, onGrid, ...request }: CurvatureGridRequest,
): Promise<PlaneCurvature> {
  const { alpha, beta } = curvatureAxes({ x, y });
  const [d1, d2] = [vectorFor(objective, first), vectorFor(objective, second)];
  const width = alpha.length;
  const centre: [number, number] = [nearestToZero(beta), nearestToZero(alpha)];
  const starts = new Starts(Math.floor((KEPT_SHARE * request.memoryBytes) / (BYTES * objective.dim)), width);
  const memoryBytes = (1 - KEPT_SHARE) * request.memoryBytes;
  const measured = new Map<number, PointCurvature>();
  const meshes = nestedMeshes(beta.length, width, centre);
  for (const mesh of meshes) {
    const missing = pointsOf(mesh, width).filter((p) => !measured.has(p));
    for (const p of outwards(missing, width, centre)) {
      const at = { d1, d2, alpha: alpha[p % width], beta: beta[Math.floor(p / width)] };
      const { start, ...found } =
        (await known?.(p)) ??
        (await pointCurvature(objective, at, { ...request, memoryBytes, near: starts.nearest(p) }));
      measured.set(p, { ...found, start: null });
      if (start) starts.keep(p, start);
      onPoint?.(measured.size, width * beta.length);
    }
    if (mesh !== meshes.at(-1)) onGrid?.(gridOf(mesh));
  }
  return gridOf(meshes.at(-1)!);

  function gridOf({ rows, columns }: Mesh): PlaneCurvature {
    const matrix = (of: keyof Omit<PointCurvature, 'start'>) =>
      rows.map((row) => columns.map((column) => measured.get(row * width + column)![of]));
    return {
      x: columns.map((column) => alpha[column]),
      y: rows.map((row) => beta[row]),
      lambdaMax: matrix('lambdaMax'),
      lambdaMin: matrix('lambdaMin'),
      residualMax: matrix('residualMax'),
      residualMin: matrix('residualMin'),
      gradientNorm: matrix('gradientNorm'),
      products: [...measured.values()].reduce((sum, { products }) => sum + products, 0),
    };
  }
}

/** The coordinates of the grid: α of its columns and β of its rows. */
export function curvatureAxes({ x, y }: { x: AxisRange; y: AxisRange }): { alpha: number[]; beta: number[] } {
  return { alpha: evenValues(x), beta: evenValues(y) };
}

/** The starts of the points measured last, as many as memory holds. */
class Starts {
  private readonly known = new Map<number, Float32Array>();

  constructor(
    private readonly room: number,
    private readonly width: number,
  ) {}

  keep(p: number, start: Float32Array): void {
    this.known.set(p, start);
    const [oldest] = this.known.keys();
    if (this.known.size > this.room) this.known.delete(oldest);
  }

  nearest(p: number): Float32Array | undefined {
    const row = (q: number) => Math.floor(q / this.width);
    const distance = (q: number) => Math.hypot(row(q) - row(p), (q % this.width) - (p % this.width));
    const [nearest] = [...this.known.keys()].sort((a, b) => distance(a) - distance(b));
    return nearest === undefined ? undefined : this.known.get(nearest);
  }
}

function nearestToZero(values: readonly number[]): number {
  return values.reduce((best, value, i) => (Math.abs(value) < Math.abs(values[best]) ? i : best), 0);
}
