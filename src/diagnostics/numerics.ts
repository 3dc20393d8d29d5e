import type { HeadroomMeasurement, NotFinite, NumericsMeasurement, Report } from '../report/report';

/** Figures that are NaN or ∞, and what a run of the user's own graph showed; one of them at least. */
export interface ReadNumerics {
  /** The loss, if it is NaN or ∞, and why. */
  loss: BrokenFigure | null;
  gradient: BrokenFigure | null;
  troubles: NumericsMeasurement;
  /** What was examined; null where the graph did not run. */
  examined: HeadroomMeasurement | null;
}

interface BrokenFigure {
  value: number;
  cause: NotFinite | null;
}

/** Reads them from a report; null where none of them was measured. */
export function numericsOf({ objective, gradient, dynamics }: Report): ReadNumerics | null {
  const notFinite = (value: number | undefined, cause: NotFinite | undefined) =>
    value === undefined || Number.isFinite(value) ? null : { value, cause: cause ?? null };
  const loss = notFinite(objective?.loss, objective?.notFinite);
  const slope = notFinite(gradient?.norm, gradient?.notFinite);
  const examined = dynamics?.headroom ?? null;
  if (!loss && !slope && !examined) return null;
  return { loss, gradient: slope, troubles: dynamics?.numerics ?? [], examined };
}
