import type { Plane, Report } from '../../src/report/report';
import { interpolationText } from '../../src/report/text/interpolation';
import { formatNumber } from '../../src/text/numbers';
import { COLOR_BAR_ROOM } from '../charts/colorBar';
import { mountChart } from '../charts/mount';
import type { Figure } from '../charts/mount';
import { mountSurface } from '../charts/mountSurface';
import { planeChart } from '../charts/plane';
import { planeSummary } from '../charts/planeCells';
import { checkbox, dropdown, segmented } from '../components';
import { describeDirection } from '../directions';
import { h } from '../dom';
import { chartSection } from './section';
import type { PageContext, Section } from './section';

/** Shows the loss over a plane through the weights as contours, heat map or surface. */
export function planeSection(context: PageContext): Section {
  const { memory, remember } = context;
  return chartSection<Plane[]>(context, {
    id: 'plane',
    title: 'Loss plane',
    hint: 'The loss around the weights θ, at θ + α·d₁ + β·d₂. The ring marks θ itself.',
    waiting: 'The loss plane is still to come.',
    part: 'plane',
    select: ({ planes }: Report) => (planes.length > 0 ? planes : undefined),
    render(planes, draw) {
      const plane = planes[Math.min(memory.plane.index, planes.length - 1)];
      const positive = plane.loss.flat().every((loss) => !Number.isFinite(loss) || loss > 0);
      const { view, points } = memory.plane;
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
        plane.evaluated !== undefined && checkbox('Measured points', points, (checked) => set({ points: checked })),
        segmented(
          'View',
          [
            { value: 'contour', label: 'Contours' },
            { value: 'heat', label: 'Heat map' },
            { value: 'surface', label: 'Surface' },
          ],
          view,
          (chosen) => set({ view: chosen }),
        ),
        segmented(
          'Colour scale',
          [
            {
              value: 'log',
              label: 'Log',
              disabled: positive ? undefined : 'A log scale needs every loss to be positive.',
            },
            { value: 'linear', label: 'Linear' },
          ],
          scale,
          (chosen) => set({ scale: chosen }),
        ),
      );
      const name = `Loss plane: ${planeName(plane)}`;
      const summary = planeSummary(plane);
      const height = (width: number): number => Math.min(Math.max(width - COLOR_BAR_ROOM, 260), 560);
      const figure: Figure =
        view === 'surface'
          ? mountSurface({ plane, scale, points, name, summary, height })
          : mountChart({
              name,
              summary,
              height,
              stride: plane.x.values.length,
              configure: (theme) => planeChart(plane, { view, scale, points }, theme),
            });
      draw.body(
        draw.figure(figure, name),
        h(
          'p',
          { class: 'caption' },
          [summary, interpolationText(plane), directionsText(plane)].filter(Boolean).join(' '),
        ),
      );
    },
  });
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
