import type { AnalysisOptions } from '../../options/options';
import type { ResolvedOptions } from '../../options/presets';
import { isEarly, needsSpectrum } from '../directions';
import { expectedLinePoints } from '../drawn';
import { coarser } from './savings';
import { gradient } from './gradient';
import { defineMeasurement, LOSSES } from './measurement';
import { spectrum } from './spectrum';

export const LEAN_LINE = 15;
const LEAST = 5;

/** Expected number of points of some lines; those on the test data count as well. */
const pointsOf = ({ testData }: ResolvedOptions, lines: ResolvedOptions['lines']) =>
  (testData === null ? 1 : 2) * lines.reduce((sum, line) => sum + expectedLinePoints(line), 0);

/** Reduces the points of all lines, unless the user asked for particular lines. */
export const coarserLines = (options: ResolvedOptions, asked: AnalysisOptions, steps: number): ResolvedOptions =>
  asked.line
    ? options
    : { ...options, lines: options.lines.map((line) => ({ ...line, range: coarser(line.range, steps) })) };

/** Draws the lines that need no eigenvector. They come before the spectrum. */
export const earlyLines = defineMeasurement({
  id: 'earlyLines',
  title: 'Lines',
  part: 'lines',
  timedAs: 'lines',
  withoutDerivatives: true,
  needs: ({ lines }) => (lines.some(({ direction }) => direction.kind === 'gradient') ? [gradient] : []),
  cost: (options) => ({
    losses: pointsOf(options, options.lines.filter(isEarly)) * LOSSES.planePoint,
    graphs: ['points'],
  }),
  savings: [
    { order: 8, left: 'still more points of lines', apply: (options, asked) => coarserLines(options, asked, LEAST) },
  ],
  measure: ({ pictures, report, signal }) => pictures.lines(isEarly, report, signal),
});

/** Draws the remaining lines, which may need eigenvectors. */
export const lines = defineMeasurement({
  id: 'lines',
  title: 'Lines',
  part: 'lines',
  timedAs: 'lines',
  withoutDerivatives: true,
  needs: ({ lines }) => (lines.some(({ direction }) => needsSpectrum(direction)) ? [spectrum] : []),
  cost: (options) => ({
    losses:
      pointsOf(
        options,
        options.lines.filter((line) => !isEarly(line)),
      ) * LOSSES.planePoint,
    graphs: ['points'],
  }),
  measure: ({ pictures, report, signal }) => pictures.lines(() => true, report, signal),
});
