import type { Plane } from '../../src/report/report';
import { COLOR_BAR_ROOM } from './colorBar';
import { mountChart } from './mount';
import type { Figure } from './mount';
import { mountSurface } from './mountSurface';
import { lossesOf, planeChart } from './plane';
import { planeTable } from './planeTable';
import type { PlaneMarks } from './planePoints';

interface PlaneFigure {
  plane: Plane;
  view: 'contour' | 'heat' | 'surface';
  /** Losses that the colours span besides the plane's own. */
  covers?: readonly number[];
  marks?: PlaneMarks;
  name: string;
  summary: string;
  /** Range of the height, in pixels. */
  height: { least: number; most: number };
}

/** Mounts a plane of losses in one of its views, with a log scale of colours where every loss is positive. */
export function planeFigure({ plane, view, covers = [], marks, name, summary, height: range }: PlaneFigure): Figure {
  const losses = [...plane.loss.flat(), ...lossesOf(marks), ...covers];
  const scale = losses.every((loss) => !Number.isFinite(loss) || loss > 0) ? 'log' : 'linear';
  const height = (width: number): number => Math.min(Math.max(width - COLOR_BAR_ROOM, range.least), range.most);
  return view === 'surface'
    ? mountSurface({ plane, scale, points: false, marks, name, summary, height })
    : mountChart({
        name,
        summary,
        height,
        stride: plane.x.values.length,
        table: () => planeTable(plane, 'loss'),
        configure: (theme) => planeChart(plane, { view, scale, points: false, covers, marks }, theme),
      });
}
