import type { Direction } from '../options/direction';
import type { Part } from '../options/options';
import type { CurvatureAlong, ResolvedOptions } from '../options/presets';
import { needsSpectrum } from './directions';
import type { SpectrumRequest } from './measureSpectrum';

/** What of the analysis will be measured. */
export interface Plan {
  gradient: boolean;
  /** Curvature along the gradient and along θ. */
  along: CurvatureAlong;
  spectrum: boolean;
  /** The spectrum is a first estimate on a part of the data and stays one. */
  glimpse: boolean;
  ggn: boolean;
  /** Curvature that does not depend on how weights are scaled. */
  companions: boolean;
  /** Self-checks of the derivatives. */
  checks: boolean;
  /** Points expected to be measured, of all lines and of all planes. */
  linePoints: number;
  /** Of which along directions that need no eigenvector. */
  earlyLinePoints: number;
  planePoints: number;
}

/** What has to be measured: the parts asked for, and what their directions are made of. */
export function planOf(
  { only, lines, planes, effort, along, spectrumOn }: ResolvedOptions,
  canDifferentiate: boolean,
): Plan {
  const asked = (part: Part) => only.includes(part);
  const whole = effort !== 'lean';
  const drawn = [
    ...(asked('lines') ? lines.map(({ direction }) => direction) : []),
    ...(asked('plane') ? planes.flatMap(({ x, y }) => [x, y]) : []),
  ];
  const count = (values: number[]) => values.reduce((sum, value) => sum + value, 0);
  const gradient = canDifferentiate && (asked('gradient') || drawn.some(({ kind }) => kind === 'gradient'));
  return {
    gradient,
    along: gradient ? along : 'nothing',
    spectrum: canDifferentiate && (asked('spectrum') || drawn.some(needsSpectrum)),
    glimpse: spectrumOn === 'some samples',
    ggn: canDifferentiate && asked('ggn'),
    companions: canDifferentiate && whole && asked('spectrum'),
    checks: gradient && whole && asked('spectrum'),
    earlyLinePoints: asked('lines') ? count(lines.filter(isEarly).map(expectedLinePoints)) : 0,
    linePoints: asked('lines') ? count(lines.map(expectedLinePoints)) : 0,
    planePoints: asked('plane') ? count(planes.map(expectedPlanePoints)) : 0,
  };
}

/** What is left of a line's or a plane's points where some are interpolated, by experience: networks differ. */
const MEASURED_SHARE = { line: 0.6, plane: 0.4 };

export function expectedLinePoints({ range, tolerance }: ResolvedOptions['lines'][number]): number {
  return Math.ceil(range.steps * (tolerance === undefined ? 1 : MEASURED_SHARE.line));
}

export function expectedPlanePoints({ xRange, yRange, tolerance }: ResolvedOptions['planes'][number]): number {
  return Math.ceil(xRange.steps * yRange.steps * (tolerance === undefined ? 1 : MEASURED_SHARE.plane));
}

/** Whether a line can be drawn before the spectrum is known. */
export function isEarly({ direction }: { direction: Direction }): boolean {
  return !needsSpectrum(direction);
}

/** How many eigenvectors of each end lines and planes are drawn along: the last index that is named. */
export function drawnEigenvectors({ lines, planes }: ResolvedOptions): Record<'top' | 'bottom', number> {
  const drawn = [...lines.map(({ direction }) => direction), ...planes.flatMap(({ x, y }) => [x, y])];
  const last = (kind: 'top' | 'bottom') =>
    Math.max(0, ...drawn.map((direction) => (direction.kind === kind ? direction.index : 0)));
  return { top: last('top'), bottom: last('bottom') };
}

/**
 * As many eigenpairs as were asked for by number or by a direction's name.
 * @param basisBytes what a Krylov basis may take
 */
export function spectrumRequest(options: ResolvedOptions, basisBytes: number): SpectrumRequest {
  const drawn = drawnEigenvectors(options);
  const [top, bottom] = [Math.max(options.top, drawn.top), Math.max(options.bottom, drawn.bottom)];
  return { ...options, top, bottom, basisBytes };
}
