import { secondsText } from './cells';
import type { PeerKernels } from './peers';
import type { PictureFigures } from './pictures';
import type { PictureOutcome } from './results';
import { TextTable } from './textTable';

const POINTS = 51 * 51;

/** How many times longer the peer takes for every point of the plane, in seconds; null without a peer. */
export const fasterPlane = ({ plane }: PictureFigures, peer: PeerKernels | null): number | null =>
  peer && (POINTS * peer.plane) / 1000 / plane.seconds;

/** The same for the points of the line, of which each sets the weights and computes the loss. */
export const fasterLine = ({ line }: PictureFigures, peer: PeerKernels | null): number | null =>
  peer && (line.points * peer.plane) / 1000 / line.seconds;

export const PICTURE_TITLES = [
  'network',
  'plane 51 × 51',
  'points measured',
  'off by, of the range',
  'stated',
  'line between models',
  'points',
] as const;

export const pictureTable = new TextTable(
  PICTURE_TITLES.map((title, i) => ({ title, width: i === 0 ? 21 : title.length })),
);

/** The cells of one network, with how many times longer the peer takes. */
export function pictureCells(name: string, figures: PictureFigures, peer: PeerKernels | null): string[] {
  const { plane, line } = figures;
  const percent = (part: number) => `${(100 * part).toPrecision(2)} %`;
  const timed = (seconds: number, faster: number | null) =>
    `${secondsText(seconds)}${faster === null ? '' : `; ${faster.toFixed(1)} ×`}`;
  return [
    name,
    timed(plane.seconds, fasterPlane(figures, peer)),
    percent(plane.share),
    percent(plane.off / plane.range),
    percent(plane.stated / plane.range),
    timed(line.seconds, fasterLine(figures, peer)),
    String(line.points),
  ];
}

export function pictureRows({ name, peer, ...outcome }: PictureOutcome): string[] {
  if ('fault' in outcome) return [`${name}: ${outcome.fault}`];
  return [pictureTable.row(pictureCells(name, outcome.figures, peer))];
}
