import type { Plane } from '../../src/report/report';
import { planeSummary } from '../charts/planeCells';
import { planeFigure } from '../charts/planeFigure';
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
    const figureOf = (plane: Plane, name: string): HTMLElement => {
      const summary = planeSummary(plane);
      return draw.figure(planeFigure({ plane, view, covers, name, summary, height: { least: 220, most: 420 } }), name);
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
