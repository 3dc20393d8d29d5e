import { gridValues } from '../../landscape/grid';
import type { AnalysisOptions } from '../../options/options';
import type { ResolvedOptions } from '../../options/presets';
import { isEarly, needsSpectrum } from '../directions';
import { expectedLinePoints } from '../drawn';
import { coarser } from './savings';
import { gradient } from './gradient';
import { defineMeasurement, LOSSES } from './measurement';
import type { Split } from './measurement';
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

/** How several machines share the lines that `which` accepts: point by point. */
function splitOf(which: (line: ResolvedOptions['lines'][number]) => boolean, needs: Split['needs']): Split {
  return {
    needs,
    pieces: ({ lines, testData }) =>
      lines
        .filter(which)
        .flatMap(({ range }) => gridValues(range).map(() => (testData === null ? 1 : 2) * LOSSES.planePoint)),
    measure: ({ pictures, signal }, first, end) => pictures.linePoints(which, { first, end }, signal),
  };
}

const needsGradient: Split['needs'] = ({ lines }) =>
  lines.some(({ direction }) => direction.kind === 'gradient') ? [gradient] : [];
const needsEigenvectors: Split['needs'] = ({ lines }) =>
  lines.some(({ direction }) => needsSpectrum(direction)) ? [spectrum] : [];

/** Draws the lines that need no eigenvector. They come before the spectrum. */
export const earlyLines = defineMeasurement({
  id: 'earlyLines',
  title: 'Lines',
  part: 'lines',
  timedAs: 'lines',
  withoutDerivatives: true,
  needs: needsGradient,
  split: splitOf(isEarly, needsGradient),
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
  needs: needsEigenvectors,
  split: splitOf((line) => !isEarly(line), needsEigenvectors),
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
