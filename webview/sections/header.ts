import type { Report } from '../../src/report/report';
import { counted, formatCount } from '../../src/text/counts';
import { formatNumber, formatPercent, formatWithError } from '../../src/text/numbers';
import { button } from '../components';
import { h } from '../dom';
import type { Child } from '../dom';
import type { Host } from '../host';
import { pathLine } from '../pathLine';
import { titleOf } from './title';

/** Makes the head of the page: the model, its key figures in one row, and buttons for what to do with the report. */
export function header(
  report: Report,
  { running, stopped }: { running: boolean; stopped: boolean },
  host: Host,
  show: (id: string) => void,
  headline: HTMLElement,
): HTMLElement {
  const { model } = report;
  return h(
    'header',
    { class: 'page-header' },
    h(
      'div',
      { class: 'title-row' },
      h(
        'div',
        { class: 'title' },
        h(
          'div',
          { class: 'heading' },
          h('h1', {}, titleOf(report)),
          !running && !report.complete && h('span', { class: 'badge' }, 'partial'),
        ),
        pathLine(model.path),
      ),
      running ? null : actions(report, stopped, host),
    ),
    headline,
    aboutText(report.provenance.options.about),
    report.objective?.generated === true ? generatedBanner() : null,
    !running && !stopped && !report.complete ? incompleteBanner() : null,
    h('dl', { class: 'figures', tabindex: -1 }, ...figures(report)),
    report.warnings.length > 0 && warningsLink(report.warnings, show),
  );
}

function actions(report: Report, stopped: boolean, host: Host): HTMLElement {
  const inEditor = host.kind === 'vscode';
  return h(
    'div',
    { class: 'actions' },
    button({
      // An exported page is the report already; it can only hand out its figures.
      label: inEditor ? 'Export…' : 'Save JSON',
      description: inEditor
        ? 'Export the report as HTML, SVG figures, Markdown or JSON'
        : 'Save JSON: every figure of this report, for programs',
      press: () => host.post({ type: 'export' }),
    }),
    // A stopped run offers to continue, which is what running it again would do.
    inEditor && !stopped && button({ label: 'Run again', press: () => host.post({ type: 'rerun' }) }),
    inEditor &&
      !stopped &&
      report.provenance.options.preset !== 'thorough' &&
      button({
        label: 'Run thorough',
        kind: 'primary',
        description: 'Analyse again with more samples, probes and Lanczos steps',
        press: () => host.post({ type: 'rerun', preset: 'thorough' }),
      }),
  );
}

/** Shows what the options say about the model. The caption tells these words of another from those of the report. */
function aboutText(about: string | undefined): HTMLElement | null {
  if (about === undefined) return null;
  return h('p', { class: 'about' }, h('span', { class: 'note' }, 'From the options of this model: '), about);
}

function generatedBanner(): HTMLElement {
  return h(
    'p',
    { class: 'banner warning', role: 'note' },
    h('strong', {}, 'Generated data. '),
    'The inputs are random and the targets are the model’s own answers. Nothing here speaks about your task: choose real data for that.',
  );
}

/** Shows a single warning in full. Of several warnings it shows the number, with a link to the list in the details. */
function warningsLink(warnings: readonly string[], show: (id: string) => void): HTMLElement {
  return h(
    'p',
    { class: 'banner warning' },
    warnings.length === 1 ? `${warnings[0]} ` : `${warnings.length} warnings limit these figures. `,
    warnings.length > 1 && h('button', { type: 'button', class: 'link', click: () => show('details') }, 'Read them'),
  );
}

function incompleteBanner(): HTMLElement {
  return h(
    'p',
    { class: 'banner info', role: 'note' },
    h('strong', {}, 'Incomplete. '),
    'The analysis was stopped; what was measured until then is shown.',
  );
}

const PROVIDER_NAMES: Record<string, string> = {
  cpu: 'CPU',
  webgpu: 'WebGPU',
  cuda: 'CUDA',
  dml: 'DirectML',
  coreml: 'Core ML',
};

function figures({ objective, gradient, model, provider, provenance, parameters }: Report): Child[] {
  return [
    objective &&
      figure(
        'Loss',
        formatWithError(objective.loss, objective.standardError),
        objective.function.replaceAll('_', ' '),
        true,
      ),
    objective?.accuracy !== undefined && figure('Accuracy', formatPercent(objective.accuracy), '', true),
    objective?.rSquared !== undefined && figure('R²', formatNumber(objective.rSquared), '', true),
    gradient &&
      figure(
        'Gradient norm',
        formatNumber(gradient.norm),
        parameters && `‖θ‖ ${formatNumber(parameters.norm, 3)}`,
        true,
      ),
    figure('Parameters', formatCount(model.parameterCount), counted(model.parameters.length, 'tensor')),
    objective && figure('Samples', formatCount(objective.samples), `in batches of ${formatCount(objective.batchSize)}`),
    provider && figure('Ran on', PROVIDER_NAMES[provider.used] ?? provider.used, provider.device),
    figure('Preset', provenance.options.preset ?? 'standard', `seed ${provenance.seed}`),
  ];
}

function figure(name: string, value: string, note: Child, large = false): HTMLElement {
  return h(
    'div',
    { class: large ? 'figure-item large' : 'figure-item' },
    h('dt', {}, name),
    h('dd', {}, h('span', { class: 'value' }, value), h('span', { class: 'note' }, note)),
  );
}
