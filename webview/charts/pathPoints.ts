import type { TrainingPath } from '../../src/report/sections/path';
import { checkpointNames } from '../../src/report/text/path';
import { formatExactCount } from '../../src/text/counts';
import { formatNumber } from '../../src/text/numbers';
import type { PlaneMark } from './planePoints';

/** The checkpoints as points of the plane of their principal axes, each with its own loss. */
export function pathPoints(path: TrainingPath): PlaneMark[] {
  const { checkpoints, pca } = path;
  if (!pca) return [];
  const files = checkpointNames(path);
  const labelled = labelledSteps(checkpoints.length);
  return checkpoints.map(({ step, loss }, index) => ({
    x: pca.coordinates[index]?.[0] ?? NaN,
    y: pca.coordinates[index]?.[1] ?? NaN,
    kind: 'checkpoint',
    loss,
    ...(labelled.has(index) ? { label: formatExactCount(step) } : {}),
    text: [
      `step ${formatExactCount(step)}   ${files[index]}`,
      `loss ${formatNumber(loss, 4)}`,
      `on the plane ${formatNumber(pca.lossOnPlane[index] ?? NaN, 4)}`,
      `${formatNumber(pca.offPlane[index] ?? NaN, 3)} off the plane`,
    ],
  }));
}

/** Labels at most about ten checkpoints, both ends among them. */
function labelledSteps(count: number): Set<number> {
  const every = Math.max(1, Math.ceil((count - 1) / 10));
  const labelled = new Set<number>([count - 1]);
  for (let index = 0; index < count; index += every) labelled.add(index);
  return labelled;
}
