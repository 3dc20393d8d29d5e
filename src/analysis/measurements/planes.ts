import { gridValues } from '../../landscape/grid';
import type { ResolvedOptions } from '../../options/presets';
import { needsSpectrum } from '../directions';
import { expectedPlanePoints } from '../drawn';
import { coarser, withoutPart } from './savings';
import { gradient } from './gradient';
import { coarserLines, LEAN_LINE } from './lines';
import { defineMeasurement, LOSSES } from './measurement';
import type { Measurement } from './measurement';
import { spectrum } from './spectrum';

const LEAN_PLANE = 9;
/** Approximate number of points of the first picture. */
const FIRST_POINTS = 50;

const pointsOf = ({ planes }: ResolvedOptions) => planes.reduce((sum, plane) => sum + expectedPlanePoints(plane), 0);
/** The test data are measured along the same points. */
const testPointsOf = (options: ResolvedOptions) => (options.testData === null ? 0 : pointsOf(options));
const firstOf = (options: ResolvedOptions) => Math.min(pointsOf(options), FIRST_POINTS);

/** What the directions of all planes are made of. */
export function axesNeeds({ planes }: ResolvedOptions): Measurement[] {
  const axes = planes.flatMap(({ x, y }) => [x, y]);
  return [
    ...(axes.some(({ kind }) => kind === 'gradient') ? [gradient] : []),
    ...(axes.some(needsSpectrum) ? [spectrum] : []),
  ];
}

/** The points of all planes, row by row, one plane after the other. */
const planePieces = ({ planes }: ResolvedOptions) =>
  planes.flatMap(({ xRange, yRange }) =>
    new Array<null>(gridValues(xRange).length * gridValues(yRange).length).fill(null),
  );

/** Draws a coarse picture of the first plane before the spectrum is measured. */
export const firstPicture = defineMeasurement({
  id: 'firstPicture',
  title: 'First picture',
  part: 'plane',
  timedAs: 'plane',
  withoutDerivatives: true,
  cost: (options) => ({ losses: firstOf(options) * LOSSES.planePoint, graphs: ['points'] }),
  savings: [
    {
      order: 2,
      left: 'most points of lines and planes',
      apply(options, asked) {
        const lined = coarserLines(options, asked, LEAN_LINE);
        if (asked.plane) return lined;
        const planes = lined.planes.map((plane) => ({
          ...plane,
          xRange: coarser(plane.xRange, LEAN_PLANE),
          yRange: coarser(plane.yRange, LEAN_PLANE),
        }));
        return { ...lined, planes };
      },
    },
    {
      order: 3,
      left: 'the plane',
      apply: (options, asked) => (asked.plane ? options : withoutPart(options, asked, 'plane')),
    },
  ],
  measure: ({ pictures, report, signal }) => pictures.firstPlane(report, signal),
});

/** Draws all planes at full resolution. */
export const planes = defineMeasurement({
  id: 'planes',
  title: 'Loss plane',
  part: 'plane',
  timedAs: 'plane',
  withoutDerivatives: true,
  needs: axesNeeds,
  cost: (options) => ({
    losses: (pointsOf(options) - firstOf(options) + testPointsOf(options)) * LOSSES.planePoint,
    graphs: ['points'],
  }),
  split: {
    needs: axesNeeds,
    pieces: (options) => planePieces(options).map(() => (options.testData === null ? 1 : 2) * LOSSES.planePoint),
    measure: ({ pictures, signal }, first, end) => pictures.planePoints({ first, end }, signal),
  },
  async measure({ pictures, results, report, signal }) {
    await pictures.planes(report, signal, results.lost('planes'));
  },
});
