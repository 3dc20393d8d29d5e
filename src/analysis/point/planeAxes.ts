import { UserError } from '../../errors';
import type { Direction } from '../../landscape/direction';
import type { Objective } from '../../objective/objective';
import { parseDirection } from '../../options/direction';
import type { DirectionRequest } from '../../options/direction';
import type { ResolvedOptions } from '../../options/presets';
import { Directions, needsSpectrum } from '../directions';
import type { Measured, ReadOther } from '../directions';
import { measureGradient } from '../measurements/gradient';
import type { StageReport } from '../progress';
import { measureSpectrum } from '../spectra/measureSpectrum';
import { curvatureSource, spectrumRequest } from '../spectra/source';

export interface PlaneAxesRequest {
  /** The names of both directions, as the report of the plane has them. */
  names: { x: string; y: string };
  options: ResolvedOptions;
  readOther: ReadOther;
  /** See `ObjectiveFacts`. */
  basisBytes: number;
  productError: number;
  /** Receives the progress of a spectrum, where a direction is an eigenvector. */
  report: StageReport;
  signal?: AbortSignal;
}

/**
 * Makes the directions of a plane again from their names: the same vectors, bit for bit, as the analysis made. A
 * gradient costs one gradient, an eigenvector the whole search for the ends of the spectrum.
 * @throws UserError where a direction cannot be made from its name
 */
export async function planeAxes(
  objective: Objective,
  { names, options, readOther, basisBytes, productError, report, signal }: PlaneAxesRequest,
): Promise<[Direction, Direction]> {
  const [x, y] = [requested(names.x), requested(names.y)];
  const either = (which: (request: DirectionRequest) => boolean): boolean => which(x) || which(y);
  const measured: Measured = { gradient: null, top: [], bottom: [] };
  if (either(({ kind }) => kind === 'gradient')) measured.gradient = (await measureGradient(objective, signal)).vector;
  if (either(needsSpectrum)) {
    const request = { ...spectrumRequest(options, basisBytes), productError };
    const hooks = { signal, onProgress: report };
    const { top, bottom } = await measureSpectrum(curvatureSource(objective, 'hessian'), request, hooks);
    Object.assign(measured, { top, bottom });
  }
  const axes = await new Directions(objective, options.seed, readOther, () => measured).axes(x, y);
  if ('missing' in axes) throw new UserError({ what: axes.missing, action: 'Run the analysis again.' });
  return [axes.x, axes.y];
}

function requested(name: string): DirectionRequest {
  const request = parseDirection(name);
  if (request) return request;
  throw new UserError({
    what: `The direction «${name}» of this plane cannot be made from its name.`,
    action: 'Run the analysis again, and measure points on the new plane.',
  });
}
