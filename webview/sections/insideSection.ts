import type { Dynamics, Report } from '../../src/report/report';
import type { ActivationEntry } from '../../src/report/sections/dynamics/units';
import { counted } from '../../src/text/counts';
import { formatNumber, formatPercent, formatCompact } from '../../src/text/numbers';
import type { GradientCourse } from '../charts/gradientCourse';
import { depthCourses, gradientCourseChart, signalCourses, timeCourses } from '../charts/gradientCourse';
import type { ShareBar } from '../charts/shares';
import { deadBars, saturatedBars, shareChart } from '../charts/shares';
import { unitPeaksChart } from '../charts/unitPeaks';
import { h } from '../dom';
import { thresholdsOf } from '../thresholds';
import { multiple } from './multiple';
import { chartSection } from './section';
import type { Drawing, PageContext, Section } from './section';

interface Inside {
  dynamics: Dynamics;
  deadLimit: number | undefined;
  saturatedLimit: number | undefined;
}

/** Shows signal and gradient on their way through the network and back in time, and the units that stop them. */
export function insideSection(context: PageContext): Section {
  return chartSection<Inside>(context, {
    id: 'inside',
    title: 'Inside the network',
    hint: 'Signal and gradient at every layer, from the input on, and at every step of recurrent layers. On the log axis a constant factor is a straight line.',
    part: 'dynamics',
    select,
    render({ dynamics, deadLimit, saturatedLimit }, draw) {
      const [depth, signal, time] = [depthCourses(dynamics), signalCourses(dynamics), timeCourses(dynamics)];
      const { units = [] } = dynamics;
      draw.body(
        h(
          'div',
          { class: 'small-multiples' },
          depth.length > 0 &&
            course(draw, {
              title: 'Gradient by depth',
              courses: depth,
              axes: { place: 'layers from the input', size: 'size of the gradient' },
              summary: depthSummary(dynamics),
            }),
          signal.length > 0 &&
            course(draw, {
              title: 'Signal by depth',
              courses: signal,
              axes: { place: 'layers from the input', size: 'mean square' },
              summary: signalSummary(dynamics),
            }),
          time.length > 0 &&
            course(draw, {
              title: 'Gradient over time',
              courses: time,
              axes: { place: 'step', size: 'size of the gradient' },
              summary: timeSummary(dynamics),
            }),
          shares(draw, 'Dead units', 'share of the units', deadBars(units), deadLimit),
          ...worstOf(units).flatMap((entry) => peaks(draw, entry)),
          shares(draw, 'Saturated units', 'share of the elements', saturatedBars(units), saturatedLimit),
        ),
      );
    },
  });
}

function select(report: Report): Inside | undefined {
  const { dynamics } = report;
  if (!dynamics) return undefined;
  const { units = [] } = dynamics;
  const curves = depthCourses(dynamics).length + timeCourses(dynamics).length;
  if (curves + deadBars(units).length + saturatedBars(units).length === 0) return undefined;
  return {
    dynamics,
    deadLimit: thresholdsOf(report, 'dead-units')[0],
    saturatedLimit: thresholdsOf(report, 'saturation')[0],
  };
}

function depthSummary({ depthFit }: Dynamics): string {
  const fit = depthFit?.fit;
  if (!fit) return 'Too few layers for a rate.';
  const { relative, layers } = fit;
  return `Over ${layers} layers the relative gradient changes by a factor of ${formatCompact(relative.value, relative.error)} per layer towards the input.`;
}

function signalSummary({ depth = [] }: Dynamics): string {
  const [first, last] = [depth[0], depth[depth.length - 1]];
  if (!first || !last) return '';
  return `From «${first.layer}» to «${last.layer}» the mean square changes by a factor of ${formatNumber(last.meanSquare / first.meanSquare, 3)}.`;
}

function timeSummary({ timeFits = [] }: Dynamics): string {
  const told = timeFits.flatMap(({ layer, rate }) =>
    rate ? [`«${layer}»: a factor of ${formatCompact(rate.value, rate.error)} per step back in time.`] : [],
  );
  return told.length > 0 ? told.join(' ') : 'No rate over time is known.';
}

function course(
  draw: Drawing,
  {
    title,
    courses,
    axes,
    summary,
  }: { title: string; courses: readonly GradientCourse[]; axes: { place: string; size: string }; summary: string },
): HTMLElement {
  return multiple(draw, { title, summary, configure: (theme) => gradientCourseChart(courses, axes, theme) });
}

/** Number of layers whose single units are shown. */
const MOST_PEAKS = 2;

/** The layers with the largest shares of dead units, in the order of the network. */
function worstOf(entries: readonly ActivationEntry[]): ActivationEntry[] {
  const share = ({ dead = 0, units = 0 }: ActivationEntry): number => (units > 0 ? dead / units : 0);
  const worst = [...entries].sort((a, b) => share(b) - share(a)).slice(0, MOST_PEAKS);
  return entries.filter((entry) => worst.includes(entry));
}

/** The units of a layer that has dead ones. */
function peaks(draw: Drawing, { layer, largest, dead = 0 }: ActivationEntry): HTMLElement[] {
  if (!largest || dead === 0) return [];
  const units = { largest, dead };
  return [
    multiple(draw, {
      title: `Largest answers of «${layer}»`,
      summary: `${dead} of ${counted(largest.length, 'unit')} answer no sample (rings).`,
      configure: (theme) => unitPeaksChart(units, theme),
    }),
  ];
}

function shares(
  draw: Drawing,
  title: string,
  of: string,
  bars: readonly ShareBar[],
  limit: number | undefined,
): HTMLElement | false {
  if (bars.length === 0) return false;
  const worst = bars.reduce((a, b) => (b.share > a.share ? b : a));
  const dashed = limit === undefined ? '' : ` The dashed line is the threshold, ${formatPercent(limit)}.`;
  return multiple(draw, {
    title,
    summary: `Most in «${worst.name}»: ${formatPercent(worst.share)}.${dashed}`,
    rows: bars.length,
    configure: (theme) => shareChart(bars, of, limit, theme),
  });
}
