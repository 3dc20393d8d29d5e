import type { Report } from '../../src/report/report';
import type { ShownReport } from '../../src/report/text/shownNames';
import { counted, formatCount } from '../../src/text/counts';
import { formatNumber } from '../../src/text/numbers';
import { formatSeconds } from '../../src/text/time';
import { fill, h } from '../dom';
import type { Child } from '../dom';
import { scrollArea } from '../scrollArea';
import { pairs, table } from '../table';
import type { PageContext, Section } from './section';

/** Shows the warnings that limit the figures, and everything that is needed to repeat the analysis. */
export function detailsSection({ memory, remember }: PageContext): Section {
  const body = h('div', { class: 'section-body' });
  const element = h(
    'section',
    { id: 'details', 'aria-labelledby': 'details-title', tabindex: -1 },
    h('h2', { id: 'details-title' }, 'Details'),
    body,
  );
  let shown = '';

  const fold = (id: string, title: string, note: string, ...children: Child[]): HTMLElement =>
    h(
      'details',
      {
        open: memory.open.includes(id),
        toggle: (event) => {
          const { open } = event.currentTarget as HTMLDetailsElement;
          memory.open = [...memory.open.filter((other) => other !== id), ...(open ? [id] : [])];
          remember();
        },
      },
      h('summary', {}, h('span', {}, title), h('span', { class: 'note' }, note)),
      scrollArea(title, children),
    );

  return {
    element,
    update(report, running) {
      element.hidden = report === undefined;
      if (!report) return;
      const { model, timings, provenance, provider, objective, gradient, parameters, warnings, notes = [] } = report;
      const key = JSON.stringify([model.sha256, timings, provider, objective, parameters, warnings, notes, running]);
      if (key === shown) return;
      shown = key;
      const fallbacks = provider?.fallbacks ?? [];
      fill(
        body,
        warnings.length > 0 && h('ul', { class: 'warnings' }, ...warnings.map((text) => h('li', {}, text))),
        fold(
          'parameters',
          'Parameters',
          `${formatCount(model.parameterCount)} in ${counted(model.parameters.length, 'tensor')}`,
          parametersTable(report),
        ),
        notes.length > 0 &&
          fold(
            'notes',
            'Notes',
            counted(notes.length, 'note'),
            h('ul', { class: 'notes' }, ...notes.map((text) => h('li', {}, text))),
          ),
        fold('measures', 'Curvature along gradient and weights', '', pairs(measures(report))),
        fold('timings', 'Timings', total(report), pairs(timingRows(report))),
        fallbacks.length > 0 &&
          fold(
            'fallbacks',
            'Fallbacks',
            String(fallbacks.length),
            table(
              ['Node', 'Operator', 'Reason'],
              fallbacks.map(({ node, operator, reason }) => [node, operator, reason]),
            ),
          ),
        fold(
          'provenance',
          'Provenance',
          `Ridgeline ${provenance.version}`,
          pairs([
            ['Model', `${model.path} (opset ${model.opset}, ${model.producer || 'unknown producer'})`],
            ['Model sha256', model.sha256],
            ['Data sha256', provenance.data],
            ['Loss', objective ? [objective.function, objective.reads].filter(Boolean).join(' of ') : 'not measured'],
            ['Weight decay', formatNumber(objective?.weightDecay ?? 0)],
            [
              'Gradient noise',
              gradient?.noiseFloor === undefined ? 'not measured' : formatNumber(gradient.noiseFloor, 2),
            ],
            ['Provider', provider ? `${provider.requested} → ${provider.used}, ${provider.device}` : 'not chosen yet'],
            ['Seed', String(provenance.seed)],
            ['Started', provenance.started],
            ['Machine', provenance.machine],
            ...(provenance.threads ? [['Threads', provenance.threads] as [string, string]] : []),
            ['Options', JSON.stringify(provenance.options)],
          ]),
        ),
      );
    },
    retheme: () => undefined,
  };
}

function parametersTable({ model, gradient, parameters }: ShownReport): HTMLElement {
  const gradients = new Map(gradient?.byParameter.map(({ name, norm }) => [name, norm]));
  const norms = new Map(parameters?.byParameter?.map(({ name, norm }) => [name, norm]));
  return table(
    ['Name', 'Shape', 'Count', ...(norms.size > 0 ? ['‖θ‖'] : []), ...(gradients.size > 0 ? ['‖∇L‖'] : [])],
    model.parameters.map(({ name, inFile, shape, count }) => [
      inFile === undefined ? name : h('div', {}, name, h('span', { class: 'note' }, ` ${inFile} in the file`)),
      shape.join(' × ') || 'scalar',
      formatCount(count),
      ...(norms.size > 0 ? [number(norms.get(name))] : []),
      ...(gradients.size > 0 ? [number(gradients.get(name))] : []),
    ]),
    2,
  );
}

function measures({ gradient, parameters, spectrum }: Report): [string, string][] {
  const rows: [string, number | undefined][] = [
    ['‖∇L‖', gradient?.norm],
    ['gᵀHg', gradient?.curvature],
    ['‖Hg‖', gradient?.hessianProductNorm],
    ['gᵀGg', gradient?.gaussNewtonCurvature],
    ['mean ‖∇ℓᵢ‖² over samples', gradient?.meanSquaredSampleNorm],
    ['‖θ‖', parameters?.norm],
    ['θᵀHθ', parameters?.curvature],
    ['‖Hθ‖', parameters?.hessianProductNorm],
    ['trace of H', spectrum?.hessian?.trace?.value],
    ['trace of G', spectrum?.ggn?.trace?.value],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, formatNumber(value, 6)]]));
}

function timingRows({ timings }: Report): [string, string][] {
  return Object.entries(timings).flatMap(([part, spent]): [string, string][] => {
    if (spent === undefined) return [];
    if (typeof spent === 'number') return [[part, formatSeconds(spent)]];
    const each = spent.count > 0 ? `, ${formatSeconds(spent.seconds / spent.count)} each` : '';
    return [[part, `${formatSeconds(spent.seconds)} for ${formatCount(spent.count)} products${each}`]];
  });
}

function total({ timings }: Report): string {
  return typeof timings['total'] === 'number' ? formatSeconds(timings['total']) : '';
}

function number(value: number | undefined): string {
  return value === undefined ? '' : formatNumber(value);
}
