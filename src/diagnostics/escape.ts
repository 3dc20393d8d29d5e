import type { Report } from '../report/report';

/** A way from θ to a lower loss that does not rise. */
export interface WayOut {
  direction: string;
  step: number;
  loss: number;
  decrease: { value: number; error: number };
}

/** The attempts to leave θ. */
export interface Escapes {
  /** The way to the lowest loss; null if none found a lower loss. */
  best: WayOut | null;
  /** Number of descents from random points nearby. */
  probes: number;
}

/** Reads the attempts to leave θ. A way that rises above L(θ) by more than rounding leads to another valley. */
export function escapesOf({ objective, dynamics }: Report): Escapes | null {
  if (!objective || !dynamics?.escape) return null;
  const { loss: start } = objective;
  const open = dynamics.escape.filter(({ loss, rise, error }) => loss < start - error && rise <= error);
  const [lowest] = open.sort((a, b) => a.loss - b.loss);
  return {
    best: lowest
      ? {
          direction: lowest.direction,
          step: lowest.step,
          loss: lowest.loss,
          decrease: { value: start - lowest.loss, error: lowest.error },
        }
      : null,
    probes: dynamics.escape.filter(({ direction }) => direction.startsWith('random/')).length,
  };
}
