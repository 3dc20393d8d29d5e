import type { PendingPoint } from '../../src/protocol/pendingPoint';
import type { Plane } from '../../src/report/report';
import type { PlanePointFigures } from '../../src/report/sections/planePoint';
import { formatMeasured, formatNumber, formatPercent } from '../../src/text/numbers';
import { placeText } from '../charts/placeOnPlane';
import { button } from '../components';
import { fill, h } from '../dom';
import type { Child } from '../dom';
import { keepFiguresWhole } from '../format';
import type { Host } from '../host';
import { table } from '../table';
import type { PlaneViewName } from './planeViews';

interface Place {
  x: number;
  y: number;
}

/** The points that someone asks for on the plane that is shown: their course, and the table of what was measured. */
export interface PointsPanel {
  element: HTMLElement;
  /** Shows the points of another plane, and says how this view of it is asked. */
  show(plane: Plane, view: PlaneViewName): void;
  /** Measures a place where an engine is there; elsewhere tells what is known of it. */
  ask(at: Place): void;
  /** The places that are being measured on this plane. */
  pending(): readonly Place[];
}

/** @param repaint called when the pending places change, so that the chart draws their marks */
export function pointsPanel(host: Host, repaint: () => void): PointsPanel {
  const hint = h('p', { class: 'caption' });
  const told = h('p', { class: 'caption', role: 'status' });
  const course = h('div', { class: 'point-course' });
  const rows = h('div', {});
  const element = h('div', { class: 'points' }, hint, told, course, rows);
  let shown: Plane | undefined;
  let hasEngine = false;
  let all: readonly PendingPoint[] = [];
  let marked = '';

  const here = (): readonly PendingPoint[] =>
    all.filter(({ directions: { x, y } }) => x === shown?.x.direction && y === shown.y.direction);
  const measuring = (): readonly PendingPoint[] => here().filter(({ state }) => state.kind === 'measuring');
  let view: PlaneViewName = 'contour';
  const explain = (): void => {
    const keys =
      view === 'surface'
        ? 'Drag or use the arrow keys to turn the surface; contours and heat map take points by keyboard, too.'
        : `With the keyboard: arrow keys move, Enter ${hasEngine ? 'measures' : 'reads'}.`;
    hint.textContent = hasEngine
      ? `Click a point to measure loss, gradient and curvature there. ${keys}`
      : `Click a point to read the loss there. ${keys} Gradient and curvature of a point are measured in the editor.`;
  };
  const refresh = (): void => {
    fill(course, ...courseOf(here(), () => host.post({ type: 'cancelPoints' })));
    const now = JSON.stringify(measuring().map(({ at }) => at));
    if (now === marked) return;
    marked = now;
    repaint();
  };

  host.listenToPoints((points) => {
    all = points;
    if (!hasEngine) {
      hasEngine = true;
      explain();
    }
    refresh();
  });

  return {
    element,
    show(plane, nextView) {
      if (plane.x.direction !== shown?.x.direction || plane.y.direction !== shown.y.direction) {
        told.textContent = '';
      }
      shown = plane;
      view = nextView;
      explain();
      refresh();
      fill(rows, plane.points && plane.points.length > 0 && pointsTable(plane.points));
    },
    ask(at) {
      if (!shown) return;
      const { x, y } = shown;
      if (!hasEngine) {
        told.textContent = placeText(shown, at);
        return;
      }
      told.textContent = '';
      host.post({ type: 'measurePoint', directions: { x: x.direction, y: y.direction }, at });
    },
    pending: () => measuring().map(({ at }) => at),
  };
}

/** Says how far the points are, with one button for all of them, or why one failed. */
function courseOf(points: readonly PendingPoint[], cancel: () => void): Child[] {
  const measuring = points.filter(({ state }) => state.kind === 'measuring');
  const lines = points.map(({ at, state }) => {
    const place = `α = ${formatNumber(at.x, 3)}, β = ${formatNumber(at.y, 3)}`;
    if (state.kind === 'failed') {
      const { what, action } = state.failure;
      return h('p', { class: 'banner error', role: 'alert' }, `${place}: ${what}${action ? ` ${action}` : ''}`);
    }
    const { stage, detail, fraction } = state.progress;
    const course = [stage, detail, `${Math.round(100 * fraction)} %`].filter(Boolean).join(', ');
    return h('p', {}, h('span', { class: 'stage' }, `Measuring ${place}`), h('span', { class: 'note' }, course));
  });
  if (points.length === 0) return [];
  return [
    h('div', { role: 'status' }, ...lines),
    button({
      label: measuring.length > 0 ? 'Cancel' : 'Dismiss',
      description: measuring.length > 0 ? 'Cancel the measurement of these points' : undefined,
      press: cancel,
    }),
  ];
}

/** Lists the measured points, numbered as their marks. */
function pointsTable(points: readonly PlanePointFigures[]): HTMLElement {
  const has = (name: keyof PlanePointFigures): boolean => points.some((point) => point[name] !== undefined);
  const known = (value: number | undefined, text: (value: number) => string): string =>
    value === undefined ? '' : text(value);
  const eigenvalue = (of: PlanePointFigures['lambdaMax']): string => (of ? formatMeasured(of.value, of.residual) : '');
  const columns: [string, boolean, (point: PlanePointFigures, index: number) => string][] = [
    ['Point', true, (_, index) => String(index + 1)],
    ['α', true, ({ x }) => formatNumber(x)],
    ['β', true, ({ y }) => formatNumber(y)],
    ['Loss', true, ({ loss }) => formatNumber(loss)],
    ['Accuracy', has('accuracy'), ({ accuracy }) => known(accuracy, formatPercent)],
    ['R²', has('rSquared'), ({ rSquared }) => known(rSquared, formatNumber)],
    ['‖∇L‖', has('gradientNorm'), ({ gradientNorm }) => known(gradientNorm, formatNumber)],
    ['λ_max', has('lambdaMax'), ({ lambdaMax }) => eigenvalue(lambdaMax)],
    ['λ_min', has('lambdaMin'), ({ lambdaMin }) => eigenvalue(lambdaMin)],
  ];
  const kept = columns.filter(([, isKept]) => isKept);
  const reasons = [...new Set(points.flatMap(({ withoutCurvature }) => withoutCurvature ?? []))];
  return h(
    'div',
    {},
    h(
      'div',
      { class: 'scroll-x measured-points', tabindex: 0, role: 'region', 'aria-label': 'Measured points' },
      table(
        kept.map(([heading]) => heading),
        points.map((point, index) => kept.map(([, , cell]) => keepFiguresWhole(cell(point, index)))),
        0,
      ),
    ),
    reasons.length > 0 && h('p', { class: 'caption' }, `Without curvature: ${reasons.join(' ')}`),
  );
}
