import type { PlannedPart } from '../../cluster/plan';
import type { ResolvedOptions } from '../../options/presets';
import { formatCount } from '../../text/counts';
import type { ModelSize } from '../economy';
import { loss } from '../measurements/loss';
import type { Measurement } from '../measurements/measurement';
import { spectrum } from '../measurements/spectrum';
import { MEASUREMENTS } from '../measurements/table';
import { scheduleOf } from '../schedule';
import type { PartWork } from './partWork';

/** A measurement is cut into at least so many parts, if it has so many pieces, and into more where each takes long. */
const LEAST_PARTS = 16;
/** A longer part is cut further. */
const LONG_SECONDS = 60;

/**
 * The parts of an analysis, in up to four waves: what directions are made of, the pieces that need nothing else, the
 * spectrum where directions are its eigenvectors, and the pieces that need those.
 * All else is measured at the end by the machine that gathers the parts.
 */
export function planParts(options: ResolvedOptions, size: ModelSize): PlannedPart<PartWork>[] {
  const split = scheduleOf(options, size).flatMap(({ measurement }) => {
    const pieces = measurement.split?.pieces(options, size) ?? [];
    return pieces.length > 0 ? [{ measurement, pieces, needs: measurement.split?.needs?.(options) ?? [] }] : [];
  });
  const late = split.filter(({ needs }) => needs.includes(spectrum));
  const early = split.filter(({ needs }) => !needs.includes(spectrum));
  const first = MEASUREMENTS.filter((one) => one !== spectrum && split.some(({ needs }) => needs.includes(one)));
  const waves = [
    first.length > 0 ? [wholePart([loss, ...first], options, size)] : [],
    early.flatMap(({ measurement, pieces }) => piecesOf(measurement, pieces, size)),
    late.length > 0 ? [wholePart([spectrum], options, size)] : [],
    late.flatMap(({ measurement, pieces }) => piecesOf(measurement, pieces, size)),
  ].filter((parts) => parts.length > 0);
  return waves.flatMap((parts, wave) => parts.map((part) => ({ ...part, wave })));
}

type Unplaced = Omit<PlannedPart<PartWork>, 'wave'>;

function wholePart(measurements: readonly Measurement[], options: ResolvedOptions, size: ModelSize): Unplaced {
  const losses = measurements.reduce((sum, measurement) => sum + measurement.cost(options, size).losses, 0);
  return {
    label: measurements.map(({ title }) => title.toLowerCase()).join(' and '),
    seconds: losses * size.passSeconds + size.graphSeconds,
    work: { kind: 'measurements', ids: measurements.map(({ id }) => id) },
  };
}

function piecesOf({ id, title }: Measurement, costs: readonly number[], size: ModelSize): Unplaced[] {
  const seconds = costs.map((losses) => losses * size.passSeconds);
  const total = seconds.reduce((sum, each) => sum + each, 0);
  const count = Math.min(costs.length, Math.max(LEAST_PARTS, Math.ceil(total / LONG_SECONDS)));
  return boundsOf(seconds, total / count).map(([first, end]) => ({
    label: `${title.toLowerCase()}, ${end - first === 1 ? `piece ${formatCount(end)}` : `pieces ${formatCount(first + 1)} to ${formatCount(end)}`} of ${formatCount(costs.length)}`,
    seconds: seconds.slice(first, end).reduce((sum, each) => sum + each, 0),
    work: { kind: 'pieces', id, first, end },
  }));
}

/** Cuts a list into runs of neighbours whose sums are about `share`. */
function boundsOf(values: readonly number[], share: number): [number, number][] {
  const bounds: [number, number][] = [];
  let [first, sum] = [0, 0];
  values.forEach((value, i) => {
    sum += value;
    const isLast = i === values.length - 1;
    // Half of the next value decides on which side it falls; rounding must not add a part at the end.
    if (!isLast && sum + values[i + 1] / 2 < share * (bounds.length + 1)) return;
    bounds.push([first, i + 1]);
    first = i + 1;
  });
  return bounds;
}
