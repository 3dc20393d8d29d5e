import { counted } from '../../text/counts';
import { formatNumber, formatPercent } from '../../text/numbers';
import type { TrainingPath } from '../sections/path';
import { fileNames } from './fileNames';

/** The names of the checkpoints' files. */
export function checkpointNames({ checkpoints }: Pick<TrainingPath, 'checkpoints'>): string[] {
  return fileNames(checkpoints.map(({ file }) => file));
}

/** Share of the variance below which an axis is rounding. */
const ROUNDING = 1e-12;
/** Relative difference of losses that is worth a sentence. */
const WORTH_TELLING = 0.01;

/** Says how much of a path its plane shows; no sentences where there is no plane. */
export function planeOfPathText(path: TrainingPath): string[] {
  const { pca } = path;
  if (!pca) return [];
  const [first, second = 0] = pca.explained;
  const [x, y] = pca.distanceShare;
  const share =
    second < ROUNDING
      ? 'The path is straight: one axis holds all of it.'
      : `Two axes hold ${formatPercent(first + second)} of the variance of the checkpoints (${formatPercent(first)} and ${formatPercent(second)}), and ${formatPercent(x + y)} of the squared distances to the last checkpoint.`;
  return [share, ...otherOnPlane(path)];
}

/** Says where the loss on the plane differs most from that of the checkpoint itself, which is not on it. */
function otherOnPlane({ checkpoints, pca }: TrainingPath): string[] {
  const off = checkpoints.map(({ loss }, i) => Math.abs((pca?.lossOnPlane[i] ?? NaN) - loss));
  const worst = off.reduce((most, change, i) => (change > (off[most] || 0) ? i : most), 0);
  const { loss, step } = checkpoints[worst];
  if (!pca || !(off[worst] > WORTH_TELLING * Math.abs(loss))) return [];
  return [
    `The plane does not show the losses of the checkpoints themselves: at step ${formatNumber(step, 12)} it has ${formatNumber(pca.lossOnPlane[worst])}, the checkpoint ${formatNumber(loss)}, at a distance of ${formatNumber(pca.offPlane[worst], 3)} from the plane.`,
  ];
}

/** "20 checkpoints, steps 0 to 19" */
export function extentOfPath({ checkpoints, stepsFromNames }: TrainingPath): string {
  const number = counted(checkpoints.length, 'checkpoint');
  if (checkpoints.length < 2 || !stepsFromNames) return number;
  const [first, last] = [checkpoints[0], checkpoints[checkpoints.length - 1]].map(({ step }) => formatNumber(step, 12));
  return `${number}, steps ${first} to ${last}`;
}
