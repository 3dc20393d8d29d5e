import type { CliffMeasurement, ElsewhereMeasurement, NonConvexityMeasurement } from '../../src/report/report';
import { formatEstimate } from '../../src/report/text/estimates';
import { formatNumber, formatPercent } from '../../src/text/numbers';
import { mountChart } from '../charts/mount';
import { straightWayChart, wallMarks, wideScanChart, wideScanSummary } from '../charts/wideScan';
import type { ScanMarks } from '../charts/wideScan';
import { describeDirection } from '../directions';
import { h } from '../dom';
import type { WideScan } from '../../src/report/report';
import { chartSection } from './section';
import type { Drawing, PageContext, Section } from './section';

interface Scans {
  cliff?: CliffMeasurement;
  elsewhere?: ElsewhereMeasurement;
  nonConvexity?: NonConvexityMeasurement;
  /** False where the steepest place found is no wall. */
  hasWall: boolean;
}

/** The loss far beyond a training step: scans with the wall of a cliff marked, and the way to lower places. */
export function scansSection(context: PageContext): Section {
  return chartSection<Scans>(context, {
    id: 'scans',
    title: 'Wide scans',
    hint: 'The loss far beyond a training step. α = 1 is as far from the model as its weights are long.',
    part: 'dynamics',
    select: ({ dynamics: { cliff, elsewhere, nonConvexity } = {}, diagnostics }) => {
      const hasWall = diagnostics.some(({ id, verdict }) => id === 'cliff' && verdict !== 'absent');
      return cliff || elsewhere ? { cliff, elsewhere, nonConvexity, hasWall } : undefined;
    },
    render({ cliff, elsewhere, nonConvexity, hasWall }, draw) {
      const best = elsewhere?.best === undefined ? undefined : elsewhere.searches[elsewhere.best];
      draw.body(
        h(
          'div',
          { class: 'small-multiples' },
          ...(cliff?.scans ?? []).map((scan, i) => multiple(scan, cliff && hasWall ? wallMarks(cliff, i) : {}, draw)),
        ),
        elsewhere &&
          elsewhere.scans.length > 0 &&
          h(
            'div',
            {},
            h('h3', {}, 'Lower losses elsewhere'),
            h('p', { class: 'caption' }, elsewhereText(elsewhere)),
            h(
              'div',
              { class: 'small-multiples' },
              best &&
                h(
                  'div',
                  { class: 'multiple' },
                  h('h3', {}, 'Straight way to the lowest loss found'),
                  draw.figure(
                    mountChart({
                      name: 'Straight way to the lowest loss found',
                      summary: `From ${formatNumber(best.straight.loss[0])} to ${formatNumber(best.loss)}.`,
                      height: heightOf,
                      configure: (theme) => straightWayChart(best, theme),
                    }),
                    'Straight way',
                  ),
                  h('p', { class: 'caption' }, `Rise on the way: ${formatNumber(best.rise, 3)}.`),
                ),
              ...elsewhere.scans.map((scan) => multiple(scan, {}, draw)),
            ),
          ),
        nonConvexity && h('p', { class: 'caption' }, convexityText(nonConvexity)),
      );
    },
  });
}

function multiple(scan: WideScan, marks: ScanMarks, draw: Drawing): HTMLElement {
  const { title } = describeDirection(scan.direction);
  const summary = wideScanSummary(scan, marks);
  const figure = mountChart({
    name: `Wide scan: ${title}`,
    summary,
    height: heightOf,
    configure: (theme) => wideScanChart(scan, marks, theme),
  });
  return h(
    'div',
    { class: 'multiple' },
    h('h3', {}, title),
    draw.figure(figure, `Wide scan ${scan.direction}`),
    h('p', { class: 'caption' }, summary),
  );
}

const heightOf = (width: number) => Math.min(Math.max(width * 0.62, 190), 300);

function elsewhereText({ descent, searches }: ElsewhereMeasurement): string {
  const lowest = Math.min(...searches.map(({ loss }) => loss).filter(Number.isFinite));
  const end = descent.settled ? 'comes to rest' : 'is still falling';
  return `A descent from the model ${end} at ${formatNumber(descent.loss)} after ${descent.gradients} gradients. The lowest loss of ${searches.length} searches elsewhere is ${formatNumber(lowest)}.`;
}

function convexityText({ chords, negativeMass }: NonConvexityMeasurement): string {
  const parts = chords.map(
    (at) => `${formatPercent(at.violations / at.chords)} of ${at.chords} up to α = ${formatNumber(at.distance, 3)}`,
  );
  const mass = negativeMass
    ? ` Share of the curvature at the model that is negative: ${formatEstimate(negativeMass)}.`
    : '';
  return `Chords whose middle lies above the mean of their ends, as on no convex function: ${parts.join(', ')}.${mass}`;
}
