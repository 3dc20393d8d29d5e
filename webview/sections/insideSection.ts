import type { Dynamics } from '../../src/report/report';
import { formatWithError } from '../../src/text/numbers';
import type { GradientCourse } from '../charts/gradientCourse';
import { depthCourses, gradientCourseChart, timeCourses } from '../charts/gradientCourse';
import { mountChart } from '../charts/mount';
import { h } from '../dom';
import { chartSection } from './section';
import type { Drawing, PageContext, Section } from './section';

/** Shows how the gradient changes on its way through the depth of the network and back in time. */
export function insideSection(context: PageContext): Section {
  return chartSection<Dynamics>(context, {
    id: 'inside',
    title: 'Gradient by depth and time',
    hint: 'Size of the gradient at every layer, from the input on, and at every step of recurrent layers. On the log axis a constant factor is a straight line.',
    part: 'dynamics',
    select: ({ dynamics }) =>
      dynamics && depthCourses(dynamics).length + timeCourses(dynamics).length > 0 ? dynamics : undefined,
    render(dynamics, draw) {
      const [depth, time] = [depthCourses(dynamics), timeCourses(dynamics)];
      draw.body(
        h(
          'div',
          { class: 'small-multiples' },
          depth.length > 0 && multiple(draw, 'By depth', depth, 'layers from the input', depthSummary(dynamics)),
          time.length > 0 && multiple(draw, 'Over time', time, 'step', timeSummary(dynamics)),
        ),
      );
    },
  });
}

function depthSummary({ depthFit }: Dynamics): string {
  const fit = depthFit?.fit;
  if (!fit) return 'Too few layers for a rate.';
  const { relative, layers } = fit;
  return `Over ${layers} layers the relative gradient changes by a factor of ${formatWithError(relative.value, relative.error)} per layer towards the input.`;
}

function timeSummary({ timeFits = [] }: Dynamics): string {
  const told = timeFits.flatMap(({ layer, rate }) =>
    rate ? [`«${layer}»: a factor of ${formatWithError(rate.value, rate.error)} per step back in time.`] : [],
  );
  return told.length > 0 ? told.join(' ') : 'No rate over time is known.';
}

function multiple(
  draw: Drawing,
  title: string,
  courses: readonly GradientCourse[],
  place: string,
  summary: string,
): HTMLElement {
  const figure = mountChart({
    name: `Gradient, ${title}`,
    summary,
    height: (width) => Math.min(Math.max(width * 0.62, 190), 300),
    configure: (theme) => gradientCourseChart(courses, place, theme),
  });
  return h(
    'div',
    { class: 'multiple' },
    h('h3', {}, title),
    draw.figure(figure, title),
    h('p', { class: 'caption' }, summary),
  );
}
