import type { ChartConfiguration } from 'chart.js';
import type { Dynamics } from '../../src/report/report';
import type { DepthEntry } from '../../src/report/sections/dynamics/depth';
import { formatNumber } from '../../src/text/numbers';
import type { Theme } from '../theme';
import { axis, legend, tooltip } from './axis';
import { brushedPoints } from './brushMarks';
import type { LinePoint } from './lines';

/** A layer, or a step of one, on a course. */
interface CoursePoint extends LinePoint {
  name: string;
  /** Layer and parameters that the point is about: it is marked where the reader chooses one of them. */
  of: readonly string[];
}

/** One curve of gradient sizes, by depth or by step. */
export interface GradientCourse {
  label: string;
  points: readonly CoursePoint[];
}

/** What the axes of a course are called. */
export interface CourseAxes {
  /** "layers from the input" or "step". */
  place: string;
  /** "size of the gradient" */
  size: string;
}

/**
 * Draws sizes of the gradient on a log axis, where a constant factor per layer or step is a straight line. Sizes that are
 * zero or not finite are gaps.
 */
export function gradientCourseChart(
  courses: readonly GradientCourse[],
  { place, size }: CourseAxes,
  theme: Theme,
): ChartConfiguration<'line', LinePoint[]> {
  return {
    type: 'line',
    data: {
      datasets: courses.map(({ label, points }, i) => ({
        label,
        data: points.map(({ x, y }) => ({ x, y: y > 0 && Number.isFinite(y) ? y : NaN })),
        borderColor: theme.series[i % theme.series.length],
        backgroundColor: theme.series[i % theme.series.length],
        borderWidth: theme.highContrast ? 2.5 : 1.75,
        pointRadius: points.length > 40 ? 0 : 2.5,
        spanGaps: false,
      })),
    },
    options: {
      animation: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: axis(place, theme, 'linear', { grid: false, whole: true }),
        y: axis(size, theme, 'logarithmic', sizeRange(courses)),
      },
      plugins: {
        legend: legend(theme, courses.length > 1),
        tooltip: {
          ...tooltip(theme),
          callbacks: {
            title: ([item]) => (item ? (courses[item.datasetIndex]?.points[item.dataIndex]?.name ?? '') : ''),
            label: ({ dataset, parsed: { y } }) => `${dataset.label ?? ''}: ${formatNumber(y ?? NaN, 3)}`,
          },
        },
      },
    },
    plugins: [brushedPoints(courses, theme)],
  };
}

/** Whole decades where the sizes span less than one: ticks between decades would crowd. */
function sizeRange(courses: readonly GradientCourse[]): { min?: number; max?: number } {
  const sizes = courses.flatMap(({ points }) => points.map(({ y }) => y)).filter((y) => y > 0 && Number.isFinite(y));
  const [least, greatest] = [Math.min(...sizes), Math.max(...sizes)];
  if (sizes.length === 0 || greatest >= 10 * least) return {};
  return { min: 10 ** Math.floor(Math.log10(least)), max: 10 ** Math.ceil(Math.log10(greatest * 1.001)) };
}

/** ‖∂L/∂h‖ and the relative gradient by depth, from the input on; empty where they were not measured. */
export function depthCourses({ depth = [] }: Dynamics): GradientCourse[] {
  if (depth.length < 2) return [];
  const course = (label: string, of: 'gradientNorm' | 'relativeGradient'): GradientCourse => ({
    label,
    points: depth.map((entry) => ({ x: entry.depth, y: entry[of], ...placeOf(entry) })),
  });
  return [course('relative to the activations', 'relativeGradient'), course('‖∂L/∂h‖', 'gradientNorm')];
}

/** The mean square of the activations by depth, from the input on; empty where it was not measured. */
export function signalCourses({ depth = [] }: Dynamics): GradientCourse[] {
  if (depth.length < 2) return [];
  return [
    {
      label: 'mean square of the activations',
      points: depth.map((entry) => ({ x: entry.depth, y: entry.meanSquare, ...placeOf(entry) })),
    },
  ];
}

const placeOf = ({ layer, parameters = [] }: DepthEntry): Pick<CoursePoint, 'name' | 'of'> => ({
  name: layer,
  of: [layer, ...parameters],
});

/** What comes back from the last step, for each recurrence; ‖∂L/∂h‖ where the loss does not read the last step. */
export function timeCourses({ time = [] }: Dynamics): GradientCourse[] {
  const courses = new Map<string, GradientCourse['points'][number][]>();
  for (const { layer, step, norm, carried } of time) {
    const points = courses.get(layer) ?? [];
    courses.set(layer, points);
    points.push({ x: step, y: carried ?? norm, name: `${layer}, step ${step}`, of: [layer] });
  }
  return [...courses].map(([label, points]) => ({ label, points }));
}
