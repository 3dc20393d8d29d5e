import type { Plane } from '../../src/report/report';
import type { TrainingPath } from '../../src/report/sections/path';
import { checkpointNames, extentOfPath, planeOfPathText } from '../../src/report/text/path';
import { counted, formatExactCount } from '../../src/text/counts';
import { formatNumber } from '../../src/text/numbers';
import { mountChart } from '../charts/mount';
import type { Figure } from '../charts/mount';
import { checkpointText, pathChart } from '../charts/pathChart';
import type { PathChoice } from '../charts/pathChart';
import { pathCurves } from '../charts/pathCurves';
import type { PathCurve } from '../charts/pathCurves';
import { pathPoints } from '../charts/pathPoints';
import { planeFigure } from '../charts/planeFigure';
import type { PlaneMarks } from '../charts/planePoints';
import { segmented, slider } from '../components';
import { fill, h } from '../dom';
import { keepFiguresWhole } from '../format';
import { scrollArea } from '../scrollArea';
import { table } from '../table';
import { PLANE_VIEWS } from './planeViews';
import { chartSection } from './section';
import type { PageContext, Section } from './section';

interface Followed {
  path: TrainingPath;
  plane: Plane | undefined;
}

/** Follows the checkpoints of a training run: their way over the plane of its principal axes, and curves over the steps. */
export function pathSection(context: PageContext): Section {
  const { memory, remember } = context;
  return chartSection<Followed>(context, {
    id: 'path',
    title: 'Training path',
    hint: 'The checkpoints of one training run. The slider and a click on a point choose the checkpoint that every chart marks.',
    part: 'lines',
    select: ({ path, planes }) =>
      path && { path, plane: planes.find(({ x, y }) => /^pca\b/.test(x.direction) && /^pca\b/.test(y.direction)) },
    render({ path, plane }, draw) {
      const { checkpoints } = path;
      const files = checkpointNames(path);
      const name = (index: number): string => `step ${formatExactCount(checkpoints[index].step)}, ${files[index]}`;
      const last = checkpoints.length - 1;
      const curves = pathCurves(path);
      let chosen = Math.min(memory.path.chosen ?? last, last);
      const figures: Figure[] = [];
      const readout = h('dl', { class: 'figures plain readout' });
      const choice: PathChoice = {
        steps: checkpoints.map(({ step }) => step),
        chosen: () => chosen,
        choose(index) {
          chosen = index;
          memory.path.chosen = index === last ? null : index;
          remember();
          handle.value = String(index);
          show();
        },
      };
      const handle = slider({
        label: 'Checkpoint',
        min: 0,
        max: last,
        step: 1,
        value: chosen,
        text: name,
        change: (index) => choice.choose(index),
      });
      const output = h('output', {});
      const show = (): void => {
        handle.setAttribute('aria-valuetext', name(chosen));
        output.textContent = name(chosen);
        fill(readout, ...figuresOf(chosen, curves));
        figures.forEach((figure) => figure.repaint());
      };
      const add = (figure: Figure, title: string): HTMLElement => {
        figures.push(figure);
        return draw.figure(figure, title);
      };
      const { view } = memory.path;
      draw.toolbar(
        plane &&
          path.pca &&
          segmented('View', PLANE_VIEWS, view, (next) => {
            memory.path.view = next;
            remember();
            draw.again();
          }),
      );
      const summary = [...planeOfPathText(path), 'The points have the colours of their own losses.'].join(' ');
      const marks: PlaneMarks = {
        points: pathPoints(path),
        joined: true,
        chosen: choice.chosen,
        choose: choice.choose,
      };
      const over =
        plane &&
        path.pca &&
        planeFigure({
          plane,
          view,
          marks,
          name: 'Training path on the plane of its principal axes',
          summary,
          height: { least: 260, most: 560 },
        });
      draw.body(
        h('p', {}, keepFiguresWhole(pathSentence(path))),
        h('div', { class: 'smoothing steps' }, h('span', { 'aria-hidden': 'true' }, 'Checkpoint'), handle, output),
        readout,
        h(
          'div',
          { class: over ? 'path-body' : '' },
          over && h('div', {}, add(over, 'Training path'), h('p', { class: 'caption' }, keepFiguresWhole(summary))),
          h(
            'div',
            { class: 'path-curves' },
            ...curves.map((curve) =>
              h(
                'div',
                { class: 'multiple' },
                h('h3', {}, curve.title),
                add(
                  mountChart({
                    name: `${curve.title} over the training`,
                    summary: curveSummary(curve, choice.steps),
                    height: (width) => Math.min(Math.max(width * 0.55, 170), 240),
                    configure: (theme) => pathChart(curve, choice, theme),
                  }),
                  `Path ${curve.title}`,
                ),
              ),
            ),
          ),
        ),
        h(
          'details',
          { class: 'fold' },
          h(
            'summary',
            {},
            h('span', {}, 'Table of the checkpoints'),
            h('span', { class: 'note' }, counted(checkpoints.length, 'checkpoint')),
          ),
          scrollArea('Table of the checkpoints', [checkpointTable(path, files, curves)]),
        ),
      );
      show();
    },
  });
}

/** Says what the path shows as a whole. */
function pathSentence(path: TrainingPath): string {
  const { checkpoints, edgeOfStability: edge } = path;
  const [first, last] = [checkpoints[0], checkpoints.at(-1)!];
  return [
    `${extentOfPath(path)}: the loss goes from ${formatNumber(first.loss, 4)} to ${formatNumber(last.loss, 4)}.`,
    edge &&
      (edge.crossedAt === undefined
        ? `λ_max stays below 2/η = ${formatNumber(edge.twoOverRate, 4)}.`
        : `λ_max first reaches 2/η = ${formatNumber(edge.twoOverRate, 4)} at step ${formatExactCount(edge.crossedAt)}.`),
  ]
    .filter(Boolean)
    .join(' ');
}

function curveSummary({ series }: PathCurve, steps: readonly number[]): string {
  return series
    .map(({ label, values }) => {
      const finite = values.flatMap((value, i) => (Number.isFinite(value) ? [i] : []));
      if (finite.length === 0) return `${label}: no finite figure.`;
      const [from, to] = [finite[0], finite.at(-1)!];
      return `${label}: ${formatNumber(values[from], 3)} at step ${formatExactCount(steps[from])}, ${formatNumber(values[to], 3)} at step ${formatExactCount(steps[to])}.`;
    })
    .join(' ');
}

function figuresOf(index: number, curves: readonly PathCurve[]): HTMLElement[] {
  return curves.flatMap(({ series, share }) =>
    series.map(({ label, values, errors }) =>
      h(
        'div',
        { class: 'figure-item' },
        h('dt', {}, label),
        h(
          'dd',
          {},
          h('span', { class: 'value' }, keepFiguresWhole(checkpointText(values[index], errors[index], share))),
        ),
      ),
    ),
  );
}

function checkpointTable(
  { checkpoints }: TrainingPath,
  files: readonly string[],
  curves: readonly PathCurve[],
): HTMLElement {
  const columns = curves.flatMap(({ series, share }) => series.map((each) => ({ ...each, share })));
  return table(
    ['step', 'file', ...columns.map(({ label }) => label)],
    checkpoints.map(({ step, notFinite }, index) => [
      formatExactCount(step),
      notFinite ? h('div', {}, files[index], h('span', { class: 'note' }, notFinite.what)) : files[index],
      ...columns.map(({ values, errors, share }) => checkpointText(values[index], errors[index], share)),
    ]),
    2,
  );
}
