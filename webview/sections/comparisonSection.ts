import type { ComparedPair, Comparison } from '../../src/report/sections/comparison';
import { fileNames } from '../../src/report/text/fileNames';
import { levelOf } from '../../src/report/text/level';
import {
  barrierText,
  comparisonSentences,
  differenceText,
  errorNote,
  figureText,
  modelLetter,
} from '../../src/report/text/comparison';
import { counted, formatExactCount } from '../../src/text/counts';
import { formatNumber } from '../../src/text/numbers';
import { betweenChart, betweenSummary, canWaysBeLog } from '../charts/between';
import { canBeLog } from '../charts/lines';
import { mountChart } from '../charts/mount';
import { overlaidChart, overlaidLines, overlaidSummary } from '../charts/overlaidLines';
import { planeSummary } from '../charts/planeCells';
import { planeFigure } from '../charts/planeFigure';
import { planesSideBySide } from '../charts/planesSideBySide';
import type { PlaneMarks } from '../charts/planePoints';
import { checkbox, segmented } from '../components';
import { describeDirection } from '../directions';
import { h } from '../dom';
import type { Child } from '../dom';
import { keepFiguresWhole } from '../format';
import { scrollArea } from '../scrollArea';
import { table } from '../table';
import { comparedPlanes } from './comparedPlanes';
import { comparedVerdicts } from './comparedVerdicts';
import { verdictMark } from './verdictWords';
import { PLANE_VIEWS } from './planeViews';
import { chartSection } from './section';
import type { Drawing, PageContext, Section } from './section';

/** Puts models side by side: figures with their differences, verdicts, and the loss between them. */
export function comparisonSection(context: PageContext): Section {
  const { memory, remember } = context;
  return chartSection<Comparison>(context, {
    id: 'comparison',
    title: 'Comparison',
    hint: 'The same data, options and random directions for every model. Differences are to model A.',
    part: 'lines',
    select: ({ comparison }) => comparison,
    render(comparison, draw) {
      const { models, line, matched } = comparison;
      const files = fileNames(models.map(({ path }) => path));
      const names = files.map((file, index) => `${modelLetter(index)} (${file})`);
      const shared = overlaidLines(models);
      const planes = planesSideBySide(models);
      const positive =
        canWaysBeLog(comparison) && canBeLog(shared.flatMap(({ lines }) => lines.flatMap((each) => each ?? [])));
      const view = { ...memory.comparison, scale: positive ? memory.comparison.scale : ('linear' as const) };
      const set = (change: Partial<typeof memory.comparison>): void => {
        Object.assign(memory.comparison, change);
        remember();
        draw.again();
      };
      draw.toolbar(
        line?.accuracy !== undefined && checkbox('Accuracy', view.accuracy, (accuracy) => set({ accuracy })),
        (comparison.plane !== undefined || planes.length > 0) &&
          segmented('View of the plane', PLANE_VIEWS, view.plane, (plane) => set({ plane })),
        (line !== undefined || shared.length > 0) &&
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
            view.scale,
            (scale) => set({ scale }),
          ),
      );
      draw.body(
        ...comparisonSentences(comparison).map((text) => h('p', { class: 'sentence' }, keepFiguresWhole(text))),
        h(
          'div',
          { class: models.length > 2 ? 'comparison-body many' : 'comparison-body' },
          h('div', {}, figureTable(comparison), h('p', { class: 'caption' }, errorNote(comparison.figures))),
          line &&
            h(
              'div',
              {},
              h('h3', {}, matched ? 'Between the models, straight and matched' : 'Between the models'),
              draw.figure(
                mountChart({
                  name: 'Loss between the models',
                  summary: betweenSummary(comparison),
                  height: (width) => Math.min(Math.max(width * 0.55, 240), 380),
                  configure: (theme) => betweenChart(comparison, [names[0], names[1]], view, theme),
                }),
                'Loss between the models',
              ),
              h(
                'p',
                { class: 'caption' },
                keepFiguresWhole([betweenSummary(comparison), distances(comparison)].filter(Boolean).join(' ')),
              ),
            ),
          comparison.plane && planeThrough(comparison.plane, names, view.plane, draw),
          comparison.pairs && pairTable(comparison.pairs),
        ),
        matched?.groups && groupTable(matched),
        verdictTable(comparison),
        ...comparedPlanes(planes, names, view.plane, draw),
        shared.length > 0 && h('h3', { class: 'apart' }, 'The same directions'),
        h(
          'div',
          { class: 'small-multiples' },
          ...shared.map((each) => {
            const { title } = describeDirection(each.direction);
            return h(
              'div',
              { class: 'multiple' },
              h('h4', {}, title),
              draw.figure(
                mountChart({
                  name: `Loss lines of all models: ${title}`,
                  summary: overlaidSummary(each, names),
                  height: (width) => Math.min(Math.max(width * 0.62, 200), 300),
                  configure: (theme) => overlaidChart(each, names, view.scale, theme),
                }),
                `Compared loss line ${each.direction}`,
              ),
            );
          }),
        ),
        h(
          'p',
          { class: 'caption' },
          `The sections below are those of ${names[0]} alone. Gradients and eigenvectors are each model's own; random directions are shared.`,
        ),
      );
    },
  });
}

/** The figures of every model, and what each differs by from the first. */
function figureTable({ models, figures }: Comparison): HTMLElement {
  const others = models.slice(1).map((_, index) => index + 1);
  return scrollArea(
    'Table of the figures',
    [
      table(
        [
          'figure',
          ...fileNames(models.map(({ path }) => path)).map((file, index) => heading(modelLetter(index), file)),
          ...others.map((index) => heading(`${modelLetter(index)} − A`, 'difference')),
        ],
        figures.map((figure) => [
          figure.name,
          ...models.map((_, index) => keepFiguresWhole(figureText(figure, index))),
          ...others.map((index) => keepFiguresWhole(differenceText(figure, index))),
        ]),
        1,
      ),
    ],
    'matrices',
  );
}

function heading(name: string, note: string): HTMLElement {
  return h('div', {}, h('strong', {}, name), h('span', { class: 'note' }, note));
}

function distances({ distance, matched }: Comparison): string {
  if (distance === undefined) return '';
  const after = matched ? `, after matching ${formatNumber(matched.distance, 4)}` : '';
  return `Distance ‖θ_B − θ_A‖ = ${formatNumber(distance, 4)}${after}.`;
}

function planeThrough(
  { surface, positions }: NonNullable<Comparison['plane']>,
  names: readonly string[],
  view: 'contour' | 'heat' | 'surface',
  draw: Drawing,
): HTMLElement {
  const name = 'Plane through the models';
  const marks: PlaneMarks = {
    points: positions.map(([x, y], index) => ({
      x,
      y,
      kind: 'model',
      label: names[index],
      text: [names[index], `α ${formatNumber(x)}   β ${formatNumber(y)}`],
    })),
  };
  const summary = planeSummary(surface);
  const figure = planeFigure({ plane: surface, view, marks, name, summary, height: { least: 260, most: 520 } });
  return h(
    'div',
    {},
    h('h3', {}, name),
    draw.figure(figure, name),
    h(
      'p',
      { class: 'caption' },
      `${summary} The axes have unit length and stand at right angles, so distances here are distances between parameters.`,
    ),
  );
}

function pairTable(pairs: readonly ComparedPair[]): HTMLElement {
  const anyMatched = pairs.some(({ matched }) => matched !== undefined);
  return h(
    'div',
    {},
    h('h3', {}, 'Each two of the models'),
    table(
      [
        'models',
        'distance',
        'barrier',
        ...(anyMatched ? ['distance, matched', 'barrier, matched', 'units moved'] : []),
      ],
      pairs.map(({ from, to, distance, barrier, matched }) => [
        `${modelLetter(from)} to ${modelLetter(to)}`,
        formatNumber(distance, 4),
        barrier ? keepFiguresWhole(barrierText(barrier)) : '–',
        ...(anyMatched
          ? [
              matched ? formatNumber(matched.distance, 4) : '–',
              matched ? keepFiguresWhole(barrierText(matched.barrier)) : '–',
              matched ? formatExactCount(matched.permutedUnits) : '–',
            ]
          : []),
      ]),
      1,
    ),
  );
}

function groupTable({ groups = [], permutedUnits }: NonNullable<Comparison['matched']>): HTMLElement {
  return fold(
    'Matched units',
    `${counted(permutedUnits, 'unit')} moved in ${counted(groups.length, 'group')}`,
    table(
      ['group', 'units', 'moved'],
      groups.map(({ name, units, moved }) => [name, formatExactCount(units), formatExactCount(moved)]),
      1,
    ),
  );
}

function verdictTable({ models }: Comparison): HTMLElement | null {
  const rows = comparedVerdicts(models);
  if (rows.length === 0) return null;
  const differing = rows.filter(({ differs }) => differs);
  const rowsOf = (shown: typeof rows): Child[][] =>
    shown.map(({ title, verdicts }) => [
      title,
      ...verdicts.map((verdict) =>
        h(
          'div',
          { class: `compared-verdict ${verdict ? `level-${levelOf(verdict)}` : ''}` },
          h('span', { class: 'verdict' }, verdictMark(verdict)),
          h('span', { class: 'note' }, keepFiguresWhole(verdict?.summary ?? 'not judged')),
        ),
      ),
    ]);
  const headings = (): Child[] => [
    'verdict',
    ...fileNames(models.map(({ path }) => path)).map((file, index) => heading(modelLetter(index), file)),
  ];
  return h(
    'div',
    { class: 'apart' },
    h('h3', {}, 'Verdicts'),
    differing.length > 0
      ? scrollArea('Table of the verdicts that differ', [table(headings(), rowsOf(differing))], 'verdict-table')
      : h('p', { class: 'caption' }, 'No verdict differs.'),
    rows.length > differing.length &&
      fold(
        'Equal verdicts',
        String(rows.length - differing.length),
        h('div', { class: 'verdict-table' }, table(headings(), rowsOf(rows.filter(({ differs }) => !differs)))),
      ),
  );
}

function fold(title: string, note: string, ...children: Child[]): HTMLElement {
  return h(
    'details',
    { class: 'fold' },
    h('summary', {}, h('span', {}, title), h('span', { class: 'note' }, note)),
    scrollArea(title, children),
  );
}
