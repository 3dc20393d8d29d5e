import type { WideScan } from '../report/report';
import type { WideDirection } from './wideScan';

/** A place to start a descent from, and how far the loss is known to rise above L(θ) on the way there. */
export interface StartingPlace {
  direction: WideDirection;
  alpha: number;
  rise: number;
}

/** The lowest place behind a rise on each side of each scan, the lowest of all first. */
export function lowPlaces(
  scans: readonly WideScan[],
  directions: readonly WideDirection[],
  loss: number,
): StartingPlace[] {
  const places = scans.flatMap(({ alpha, loss: losses }, i) =>
    [1, -1].flatMap((sign) => {
      const side = alpha
        .map((value, k) => ({ alpha: value, loss: losses[k] }))
        .filter((point) => sign * point.alpha > 0)
        .sort((a, b) => Math.abs(a.alpha) - Math.abs(b.alpha));
      const rise = side.findIndex((point) => !(point.loss <= loss));
      if (rise < 0) return [];
      const lowest = side.reduce((best, point, k) => (k > rise && !(point.loss >= side[best].loss) ? k : best), rise);
      if (!Number.isFinite(side[lowest].loss)) return [];
      const way = side.slice(0, lowest + 1).map((point) => point.loss);
      return [
        { direction: directions[i], alpha: side[lowest].alpha, loss: side[lowest].loss, rise: riseOf(way, loss) },
      ];
    }),
  );
  return places.sort((a, b) => a.loss - b.loss);
}

/** How far losses rise above the start; a loss that is not finite is an infinite rise. */
export function riseOf(losses: readonly number[], start: number): number {
  return losses.reduce((most, value) => Math.max(most, Number.isFinite(value) ? value - start : Infinity), 0);
}
