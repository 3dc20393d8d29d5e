import type { Line } from '../../src/report/report';
import type { BasinWidth, LandscapeShape } from '../../src/report/sections/landscape';
import { basinDistance, basinText } from '../../src/report/text/basin';
import { interpolationText } from '../../src/report/text/interpolation';
import { formatNumber } from '../../src/text/numbers';
import { canBeLog, lineChart, lineSummary } from '../charts/lines';
import { mountChart } from '../charts/mount';
import { checkbox, segmented } from '../components';
import { describeDirection } from '../directions';
import { h } from '../dom';
import { keepFiguresWhole } from '../format';
import { table } from '../table';
import { chartSection } from './section';
import type { PageContext, Section } from './section';

interface Lines {
  lines: Line[];
  landscape: LandscapeShape | undefined;
}

/** Shows one small chart per line. The charts share no axis, since α multiplies a different direction in each. */
export function linesSection(context: PageContext): Section {
  const { memory, remember } = context;
  return chartSection<Lines>(context, {
    id: 'lines',
    title: 'Loss lines',
    hint: 'The loss at θ + α·d, along one direction each. α = 0 is the model as it is.',
    waiting: 'The loss lines are still to come.',
    part: 'lines',
    select: ({ lines, landscape }) => (lines.length > 0 || landscape?.basin ? { lines, landscape } : undefined),
    render({ lines, landscape }, draw) {
      const basin = landscape?.basin ?? [];
      const positive = canBeLog(lines);
      const scale = positive ? memory.lines.scale : 'linear';
      const accuracy = memory.lines.accuracy && lines.some((line) => line.accuracy !== undefined);
      const set = (change: Partial<typeof memory.lines>): void => {
        Object.assign(memory.lines, change);
        remember();
        draw.again();
      };
      draw.toolbar(
        lines.some((line) => line.accuracy !== undefined) &&
          checkbox('Accuracy', accuracy, (checked) => set({ accuracy: checked })),
        segmented(
          'Loss axis',
          [
            { value: 'linear', label: 'Linear' },
            {
              value: 'log',
              label: 'Log',
              disabled: positive ? undefined : 'A log axis needs every loss to be positive.',
            },
          ],
          scale,
          (chosen) => set({ scale: chosen }),
        ),
      );
      draw.body(
        h(
          'div',
          { class: 'small-multiples' },
          ...lines.map((line) => {
            const { title } = describeDirection(line.direction);
            const figure = mountChart({
              name: `Loss line: ${title}`,
              summary: lineSummary(line),
              height: (width) => Math.min(Math.max(width * 0.62, 190), 300),
              configure: (theme) =>
                lineChart(line, { scale, accuracy }, theme, {
                  basin: basin.find(({ direction }) => direction === line.direction),
                }),
            });
            return h(
              'div',
              { class: 'multiple' },
              h('h3', {}, title),
              draw.figure(figure, `Loss line ${line.direction}`),
              h('p', { class: 'caption' }, [lineSummary(line), interpolationText(line)].filter(Boolean).join(' ')),
            );
          }),
        ),
        landscape && basin.length > 0 && basinPart(basin, landscape),
      );
    },
  });
}

/** How far the loss stays below twice its value, direction by direction. */
function basinPart(basin: readonly BasinWidth[], landscape: LandscapeShape): HTMLElement {
  return h(
    'div',
    { class: 'apart' },
    h('h3', {}, 'Basin'),
    h(
      'p',
      { class: 'caption' },
      keepFiguresWhole(`${basinText(landscape)}. The green bands mark the basin on the lines.`),
    ),
    h(
      'div',
      { class: 'scroll-x' },
      table(
        ['direction', 'α, downwards', 'α, upwards', 'radius'],
        [...basin]
          .sort((a, b) => a.radius - b.radius)
          .map(({ direction, minus, plus, ...radius }) => [
            describeDirection(direction).title,
            formatNumber(-minus, 4),
            formatNumber(plus, 4),
            keepFiguresWhole(basinDistance(radius)),
          ]),
        1,
      ),
    ),
  );
}
