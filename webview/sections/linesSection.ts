import type { Line } from '../../src/report/report';
import type { BasinWidth, LandscapeShape } from '../../src/report/sections/landscape';
import { quadraticText } from '../../src/report/text/quadratic';
import { roughnessText } from '../../src/report/text/roughness';
import { basinDistance, basinText } from '../../src/report/text/basin';
import { interpolationText } from '../../src/report/text/interpolation';
import { formatMeasured, formatNumber } from '../../src/text/numbers';
import { canBeLog, lineChart, lineSummary } from '../charts/lines';
import { lineTable } from '../charts/lineTable';
import { mountChart } from '../charts/mount';
import { checkbox, segmented } from '../components';
import { describeDirection } from '../directions';
import { h } from '../dom';
import { keepFiguresWhole } from '../format';
import { scrollArea } from '../scrollArea';
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
              table: () => lineTable(line),
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
              h(
                'p',
                { class: 'caption' },
                keepFiguresWhole(
                  [lineSummary(line), interpolationText(line), shapeText(line)].filter(Boolean).join(' '),
                ),
              ),
            );
          }),
        ),
        landscape?.roughness &&
          h('p', { class: 'caption' }, keepFiguresWhole(`Roughness: ${roughnessText(landscape.roughness)}.`)),
        landscape && basin.length > 0 && basinPart(basin, landscape),
      );
    },
  });
}

/** Numbers the directions that have the same name, as the random ones have. */
function numbered(basin: readonly BasinWidth[]): (BasinWidth & { title: string })[] {
  const count = new Map<string, number>();
  return basin.map((width) => {
    const { title } = describeDirection(width.direction);
    const index = (count.get(title) ?? 0) + 1;
    count.set(title, index);
    return { ...width, title: index === 1 ? title : `${title} (${index})` };
  });
}

/** Says how far the quadratic model holds along a line, and how rough the line is. */
function shapeText({ quadratic, roughness }: Line): string {
  return [
    quadratic && `The loss is ${quadraticText(quadratic)}.`,
    roughness &&
      `Total variation ${withError(roughness.totalVariation)} of the range, mean second difference ${withError(roughness.secondDifference)}.`,
  ]
    .filter(Boolean)
    .join(' ');
}

function withError({ value, error }: { value: number; error: number }): string {
  return formatMeasured(value, error);
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
    scrollArea('Table of the basin', [
      table(
        ['direction', 'α, downwards', 'α, upwards', 'radius'],
        numbered(basin)
          .sort((a, b) => a.radius - b.radius)
          .map(({ title, minus, plus, ...radius }) => [
            title,
            formatNumber(-minus, 4),
            formatNumber(plus, 4),
            keepFiguresWhole(basinDistance(radius)),
          ]),
        1,
      ),
    ]),
  );
}
