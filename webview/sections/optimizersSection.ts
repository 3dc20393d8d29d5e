import type { Report } from '../../src/report/report';
import type { OptimizerRace, OptimizerRun } from '../../src/report/sections/optimizers';
import { meanCosine, OPTIMIZER_LABEL, toldRace } from '../../src/report/text/optimizers';
import { formatNumber } from '../../src/text/numbers';
import { furtherRows } from '../charts/legendHeight';
import { mountChart } from '../charts/mount';
import { canRaceBeLog, pathsChart, raceChart, raceSummary } from '../charts/race';
import { button, segmented } from '../components';
import { describeDirection } from '../directions';
import { h } from '../dom';
import { keepFiguresWhole } from '../format';
import { scrollArea } from '../scrollArea';
import { table } from '../table';
import { chartSection } from './section';
import type { PageContext, Section } from './section';

interface Raced {
  runs: OptimizerRun[];
  race: OptimizerRace;
  /** Names of the axes of the plane that the ways are drawn on. */
  axes: { x: string; y: string } | null;
}

/** Shows how the usual optimizers go on from these weights. */
export function optimizersSection(context: PageContext): Section {
  const { memory, remember } = context;
  return chartSection<Raced>(context, {
    id: 'optimizers',
    title: 'Optimizers from here',
    hint: 'Each optimizer runs from these weights on the full data, with equal budgets. A product counts as two gradients.',
    part: 'optimizers',
    select: racedIn,
    render({ runs, race, axes }, draw) {
      const positive = canRaceBeLog(runs);
      const scale = positive ? memory.optimizers.scale : 'linear';
      const told = toldRace({ optimizers: runs, optimizerRace: race });
      draw.toolbar(
        // An exported page has no editor that could run the optimizers again.
        context.host.kind === 'vscode' &&
          button({
            label: 'Save improved weights as…',
            description: 'Save the weights of the lowest loss found as a new model; the model itself stays as it is',
            press: () => context.host.post({ type: 'saveImproved' }),
          }),
        segmented(
          'Loss axis',
          [
            {
              value: 'log',
              label: 'Log',
              disabled: positive ? undefined : 'A log axis needs every loss to be positive.',
            },
            { value: 'linear', label: 'Linear' },
          ],
          scale,
          (chosen) => {
            memory.optimizers.scale = chosen;
            remember();
            draw.again();
          },
        ),
      );
      const summary = raceSummary(runs);
      const names = runs.map(({ name }) => OPTIMIZER_LABEL[name]);
      const curves = mountChart({
        name: 'Loss of each optimizer',
        summary,
        height: (width) => Math.min(Math.max(width * 0.5, 260), 420) + furtherRows(names, width),
        configure: (theme) => raceChart(runs, scale, theme),
      });
      const ways =
        axes &&
        mountChart({
          name: 'Ways of the optimizers on the plane',
          summary: waysSummary(runs),
          height: (width) => Math.min(Math.max(width * 0.6, 260), 460) + furtherRows(names, width),
          configure: (theme) => pathsChart(runs, axes, theme),
        });
      draw.body(
        told && h('p', {}, keepFiguresWhole(told.summary)),
        told &&
          told.advice.length > 0 &&
          h('ul', { class: 'advice' }, ...told.advice.map((text) => h('li', {}, keepFiguresWhole(text)))),
        draw.figure(curves, 'Loss of each optimizer'),
        race.startDistance > 0 &&
          h(
            'p',
            { class: 'caption' },
            `The gradient is zero at these weights, so all optimizers start ${formatNumber(race.startDistance, 2)} beside them.`,
          ),
        ways && h('h3', {}, 'Ways on the loss plane'),
        ways && draw.figure(ways, 'Ways of the optimizers'),
        ways && h('p', { class: 'caption' }, waysSummary(runs)),
        runTable(runs),
      );
    },
  });
}

function racedIn({ optimizers, optimizerRace, planes }: Report): Raced | undefined {
  if (!optimizers || optimizers.length === 0 || !optimizerRace) return undefined;
  const [plane] = planes;
  const short = (direction: string) => describeDirection(direction).short;
  const hasWays = plane !== undefined && optimizers.some(({ path }) => path !== undefined);
  return {
    runs: optimizers,
    race: optimizerRace,
    axes: hasWays ? { x: short(plane.x.direction), y: short(plane.y.direction) } : null,
  };
}

/** How far the ends of the runs are from the plane, which is what the picture cannot show. */
function waysSummary(runs: readonly OptimizerRun[]): string {
  const ends = runs.flatMap(({ path }) => path?.offPlane.slice(-1) ?? []).filter(Number.isFinite);
  return `Points are projected onto the first loss plane; at their ends the runs are up to ${formatNumber(Math.max(...ends), 3)} off it, so the losses are not those of the plane.`;
}

function runTable(runs: readonly OptimizerRun[]): HTMLElement {
  return scrollArea('Table of the optimizers', [
    table(
      [
        'optimizer',
        'lowest loss',
        'step size',
        'below the start after',
        'cosine of successive gradients',
        'gradients',
        'search',
      ],
      runs.map((run) => [
        OPTIMIZER_LABEL[run.name],
        formatNumber(run.reached, 4),
        run.search ? formatNumber(run.stepSize, 2) : 'line search',
        run.firstBelow === undefined ? 'never' : formatNumber(run.firstBelow, 3),
        formatNumber(meanCosine(run), 2),
        formatNumber(run.gradients, 3),
        run.search ? formatNumber(run.search.gradients, 3) : '',
      ]),
      1,
    ),
  ]);
}
