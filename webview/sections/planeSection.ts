import type { Plane, Report } from '../../src/report/report';
import type { TrainingPath } from '../../src/report/sections/path';
import { interpolationText } from '../../src/report/text/interpolation';
import { topologyText } from '../../src/report/text/topology';
import { formatNumber } from '../../src/text/numbers';
import type { ChartTable } from '../charts/chartTable';
import { brush } from '../charts/brush';
import { COLOR_BAR_ROOM } from '../charts/colorBar';
import { measuredMarks } from '../charts/measuredPoints';
import { mountChart } from '../charts/mount';
import type { Figure } from '../charts/mount';
import { mountSurface } from '../charts/mountSurface';
import { pathPoints } from '../charts/pathPoints';
import { planeChart } from '../charts/plane';
import { planeSummary } from '../charts/planeCells';
import { planeLayers } from '../charts/planeLayers';
import type { PlaneLayer } from '../charts/planeLayers';
import { planeTable } from '../charts/planeTable';
import type { PlaneMarks } from '../charts/planePoints';
import { modelPoints, topologyPoints } from '../charts/topologyPoints';
import { checkbox, dropdown, segmented } from '../components';
import { describeDirection } from '../directions';
import { h, svg } from '../dom';
import { keepFiguresWhole } from '../format';
import { PLANE_VIEWS } from './planeViews';
import { pointsPanel } from './pointsPanel';
import { chartSection } from './section';
import type { PageContext, Section } from './section';

interface Planes {
  planes: Plane[];
  path: TrainingPath | undefined;
}

/** Shows the loss over a plane through the weights as contours, heat map or surface, and the curvature over it. */
export function planeSection(context: PageContext): Section {
  const { memory, remember } = context;
  let drawn: Figure | undefined;
  const points = pointsPanel(context.host, () => drawn?.repaint());
  return chartSection<Planes>(context, {
    id: 'plane',
    title: 'Loss plane',
    hint: 'The loss around the weights θ, at θ + α·d₁ + β·d₂. The ring marks θ itself.',
    waiting: 'The loss plane is still to come.',
    part: 'plane',
    select: ({ planes, path }: Report) => (planes.length > 0 ? { planes, path } : undefined),
    render({ planes, path }, draw) {
      const plane = planes[Math.min(memory.plane.index, planes.length - 1)];
      const layers = planeLayers(plane);
      const layer = layers.find(({ id }) => id === memory.plane.layer) ?? layers[0];
      const ofLoss = layer.id === 'loss' || layer.id === 'test';
      const positive = layer.plane.loss.flat().every((value) => !Number.isFinite(value) || value > 0);
      const { view } = memory.plane;
      const scale = positive ? memory.plane.scale : 'linear';
      const set = (change: Partial<typeof memory.plane>): void => {
        Object.assign(memory.plane, change);
        remember();
        draw.again();
      };
      draw.toolbar(
        planes.length > 1 &&
          dropdown(
            'Plane',
            planes.map((each, index) => ({ value: String(index), label: planeName(each) })),
            String(planes.indexOf(plane)),
            (index) => set({ index: Number(index) }),
          ),
        layers.length > 1 &&
          dropdown(
            'Figure',
            layers.map(({ id, label }) => ({ value: id, label })),
            layer.id,
            (id) => set({ layer: id }),
          ),
        layer.plane.evaluated !== undefined &&
          checkbox('Measured points', memory.plane.points, (checked) => set({ points: checked })),
        segmented('View', PLANE_VIEWS, view, (chosen) => set({ view: chosen })),
        segmented(
          'Colour scale',
          [
            {
              value: 'log',
              label: 'Log',
              disabled: positive ? undefined : `A log scale needs every ${ofLoss ? 'loss' : 'value'} to be positive.`,
            },
            { value: 'linear', label: 'Linear' },
          ],
          scale,
          (chosen) => set({ scale: chosen }),
        ),
      );
      const marks: PlaneMarks = {
        ...marksOf(plane, path, layer),
        ask: (at) => points.ask(at),
        hover: (at) => brush.set('place', at && { plane, at }),
        pending: () => points.pending(),
      };
      points.show(plane, view);
      const name = `${layer.id === 'loss' ? 'Loss' : layer.label} over the plane: ${planeName(plane)}`;
      const { quantity, describe } = layer;
      const table = (): ChartTable => planeTable(layer.plane, layer.quantity);
      const summary = planeSummary(layer.plane, ofLoss ? 'losses' : `values of ${layer.label}`);
      const height = (width: number): number => Math.min(Math.max(width - COLOR_BAR_ROOM, 260), 560);
      const figure: Figure =
        view === 'surface'
          ? mountSurface({
              plane: layer.plane,
              scale,
              points: memory.plane.points,
              marks,
              quantity,
              describe,
              name,
              summary,
              height,
            })
          : mountChart({
              name,
              summary,
              height,
              stride: layer.plane.x.values.length,
              table,
              press: (index) => {
                const { x, y } = layer.plane;
                const width = x.values.length;
                points.ask({ x: x.values[index % width], y: y.values[Math.floor(index / width)] });
              },
              configure: (theme) =>
                planeChart(layer.plane, { view, scale, points: memory.plane.points, quantity, describe, marks }, theme),
            });
      drawn = figure;
      const box = draw.figure(figure, name);
      box.classList.add('asks');
      draw.body(
        box,
        markKeys(marks),
        points.element,
        h(
          'p',
          { class: 'caption' },
          keepFiguresWhole(
            [
              summary,
              layer.caption,
              interpolationText(layer.plane),
              layer.id === 'loss' && plane.topology && sentence(topologyText(plane.topology)),
              directionsText(plane),
            ]
              .filter(Boolean)
              .join(' '),
          ),
        ),
      );
    },
  });
}

/** Marks what is known of places on the plane. On figures other than the loss, the points take no colour of their own. */
function marksOf(plane: Plane, path: TrainingPath | undefined, { id }: PlaneLayer): PlaneMarks {
  const isOfPath = [plane.x, plane.y].every(({ direction }) => direction.startsWith('pca/'));
  if (path && isOfPath) {
    const points = pathPoints(path);
    const shown = id === 'loss' ? points : points.map(({ loss: _loss, ...point }) => point);
    return { points: [...shown, ...measuredMarks(plane)], joined: true };
  }
  return {
    points: [...modelPoints(plane), ...(id === 'loss' ? topologyPoints(plane) : []), ...measuredMarks(plane)],
  };
}

/** Explains the signs of minima and barriers, where there are any. */
function markKeys({ points }: PlaneMarks): HTMLElement | null {
  const has = (kind: PlaneMarks['points'][number]['kind']): boolean => points.some((point) => point.kind === kind);
  if (!has('minimum')) return null;
  const key = (sign: SVGElement, text: string): HTMLElement =>
    h(
      'li',
      {},
      svg('svg', { class: 'mark-key', width: 14, height: 14, viewBox: '-7 -7 14 14', 'aria-hidden': 'true' }, sign),
      text,
    );
  return h(
    'ul',
    { class: 'keys' },
    key(svg('path', { class: 'filled', d: 'M0-5 5 0 0 5-5 0Z' }), 'minimum, with its loss'),
    has('barrier') && key(svg('path', { d: 'M-4-4 4 4M-4 4 4-4' }), 'barrier to a lower minimum, with its loss'),
  );
}

function sentence(text: string): string {
  return text === '' ? '' : `${text}.`;
}

function directionsText({ x, y, cosine }: Plane): string {
  const [first, second] = [describeDirection(x.direction).unit, describeDirection(y.direction).unit];
  const names = first === second ? `d₁ and d₂: ${first}, one each` : `d₁: ${first}; d₂: ${second}`;
  return `${names}${cosine === undefined ? '' : `, ${angleText(cosine)}`}.`;
}

function angleText(cosine: number): string {
  return Math.abs(cosine) < 5e-4 ? 'at right angles' : `cosine between them ${formatNumber(cosine, 2)}`;
}

function planeName({ x, y }: Plane): string {
  return `${describeDirection(x.direction).short} × ${describeDirection(y.direction).short}`;
}
