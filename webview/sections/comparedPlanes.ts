import type { Plane } from '../../src/report/report';
import { COLOR_BAR_ROOM } from '../charts/colorBar';
import { mountChart } from '../charts/mount';
import { mountSurface } from '../charts/mountSurface';
import { planeChart } from '../charts/plane';
import { planeTable } from '../charts/planeTable';
import { planeSummary } from '../charts/planeCells';
import { sharedLosses } from '../charts/planesSideBySide';
import type { PlanesSideBySide } from '../charts/planesSideBySide';
import { h } from '../dom';
import { keepFiguresWhole } from '../format';
import type { Drawing } from './section';

/** Draws the planes of the models side by side, with one scale of colours. */
export function comparedPlanes(
  shared: readonly PlanesSideBySide[],
  names: readonly string[],
  view: 'contour' | 'heat' | 'surface',
  draw: Drawing,
): HTMLElement[] {
  return shared.flatMap(({ title, planes }) => {
    const covers = sharedLosses(planes);
    const scale = covers.every((loss) => loss > 0) ? 'log' : 'linear';
    const figureOf = (plane: Plane, name: string): HTMLElement => {
      const summary = planeSummary(plane);
      const height = (width: number): number => Math.min(Math.max(width - COLOR_BAR_ROOM, 220), 420);
      const mounted =
        view === 'surface'
          ? mountSurface({ plane, scale, points: false, name, summary, height })
          : mountChart({
              name,
              summary,
              height,
              stride: plane.x.values.length,
              table: () => planeTable(plane, 'loss'),
              configure: (theme) => planeChart(plane, { view, scale, points: false, covers }, theme),
            });
      return draw.figure(mounted, name);
    };
    return [
      h('h3', { class: 'apart' }, `The same plane: ${title}`),
      h(
        'div',
        { class: 'small-multiples' },
        ...planes.flatMap((plane, model) =>
          plane
            ? [
                h(
                  'div',
                  { class: 'multiple' },
                  h('h4', {}, names[model]),
                  figureOf(plane, `Loss plane of ${names[model]}`),
                  h('p', { class: 'caption' }, keepFiguresWhole(planeSummary(plane))),
                ),
              ]
            : [],
        ),
      ),
    ];
  });
}
