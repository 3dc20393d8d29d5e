import { counted } from '../../text/counts';
import { formatNumber, formatPercent } from '../../text/numbers';
import type { TrainingPath } from '../sections/path';

/** The last part of a path of a file, with as many folders as distinguish it from the others. */
export function checkpointNames({ checkpoints }: Pick<TrainingPath, 'checkpoints'>): string[] {
  const parts = checkpoints.map(({ file }) => file.split(/[\\/]/));
  const most = Math.max(1, ...parts.map((part) => part.length));
  for (let kept = 1; kept < most; kept++) {
    const names = parts.map((part) => part.slice(-kept).join('/'));
    if (new Set(names).size === names.length) return names;
  }
  return checkpoints.map(({ file }) => file);
}

/** Says how much of a path its plane shows; no sentences where there is no plane. */
export function planeOfPathText({ checkpoints, pca }: TrainingPath): string[] {
  if (!pca) return [];
  const [first, second = 0] = pca.explained;
  const [x, y] = pca.distanceShare;
  const both = `${formatPercent(first + second)} of the variance of the checkpoints (${formatPercent(first)} and ${formatPercent(second)})`;
  const off = checkpoints.map(({ loss }, i) => pca.lossOnPlane[i] - loss);
  const known = off.flatMap((change, i) => (Number.isFinite(change) ? [i] : []));
  const worst = known.reduce((a, b) => (Math.abs(off[b]) > Math.abs(off[a]) ? b : a), known[0] ?? 0);
  return [
    `Two axes hold ${both}, and ${formatPercent(x + y)} of the squared distances to the last checkpoint.`,
    ...(known.length > 0 && off[worst] !== 0
      ? [
          `The plane does not show the losses of the checkpoints themselves: at step ${formatNumber(checkpoints[worst].step, 12)} it has ${formatNumber(pca.lossOnPlane[worst])}, the checkpoint ${formatNumber(checkpoints[worst].loss)}, at a distance of ${formatNumber(pca.offPlane[worst], 3)} from the plane.`,
        ]
      : []),
  ];
}

/** "20 checkpoints, steps 0 to 19" */
export function extentOfPath({ checkpoints, stepsFromNames }: TrainingPath): string {
  const number = counted(checkpoints.length, 'checkpoint');
  if (checkpoints.length < 2 || !stepsFromNames) return number;
  const [first, last] = [checkpoints[0], checkpoints[checkpoints.length - 1]].map(({ step }) => formatNumber(step, 12));
  return `${number}, steps ${first} to ${last}`;
}
