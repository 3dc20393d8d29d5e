import { gramAround } from '../../compare/gram';
import type { ReadPoint } from '../../compare/gram';
import { axesOf, pathPlane } from '../../compare/pathPlane';
import type { PathPlane } from '../../compare/pathPlane';
import type { Direction } from '../../landscape/direction';
import type { Objective } from '../../objective/objective';

/** Bytes for the points of a path that are in memory at once. */
const HELD_BYTES = 2 ** 28;

export interface PathAxes {
  /** Products of the points rᵢ = θᵢ − θ with each other. */
  gram: Float64Array[];
  found: PathPlane;
  /** Two directions, one where the path is straight, none where all points are the same. */
  axes: Direction[];
}

/**
 * Finds the principal axes of a path around θ. The weights are read from the disk again and again, so that few of them
 * are in memory at once.
 * @param count number of points; the last is θ itself
 */
export async function pathAxes(
  { theta, dim }: Pick<Objective, 'theta' | 'dim'>,
  count: number,
  readPoint: ReadPoint,
  { signal, onPoint }: { signal?: AbortSignal; onPoint?: (done: number, total: number) => void },
): Promise<PathAxes> {
  const held = Math.max(2, Math.floor(HELD_BYTES / (4 * dim)));
  const gram = await gramAround(count, theta, readPoint, { held, signal, onPoint });
  const found = pathPlane(gram);
  const vectors = await axesOf(found, theta, readPoint, signal);
  const axes = vectors.map((vector, k): Direction => ({ name: `pca/${k + 1}`, vector, norm: 1, notes: [] }));
  return { gram, found, axes };
}
