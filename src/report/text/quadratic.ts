import { formatMeasured } from '../../text/numbers';
import type { QuadraticModel } from '../sections/quadratic';

/** Says how far the local quadratic model along a line holds. */
export function quadraticText({ radius, error }: QuadraticModel): string {
  return Number.isFinite(radius)
    ? `quadratic to 10 % up to |α| = ${formatMeasured(radius, error)}`
    : 'quadratic to 10 % all along';
}
