import type { ModelState, ToModelPage } from '../../src/protocol/modelPage';
import type { Inspection } from '../../src/protocol/worker';
import { counted, formatCount, formatExactCount } from '../../src/text/counts';
import { formatBytes, formatFlops } from '../../src/text/sizes';
import { formatExpectedSeconds } from '../../src/text/time';
import { button } from '../components';
import { h } from '../dom';
import type { Child } from '../dom';
import { keepFiguresWhole } from '../format';
import { pathLine } from '../pathLine';
import type { EditorHost } from './editorHost';

type Told = Extract<ToModelPage, { type: 'model' }>;

/** Makes the head of a page whose model is not read (yet). */
export function unreadHeader({ name, path }: Told): HTMLElement {
  return h('header', { class: 'page-header' }, title(name, path));
}

/** Makes the head of the page: the model, the buttons, its size and cost, and whether it can be differentiated. */
export function modelHeader(
  { name, path, trusted }: Told,
  { inspection, fileBytes }: Extract<ModelState, { kind: 'model' }>,
  { host, configure }: { host: EditorHost; configure: () => void },
): HTMLElement {
  const { opset, irVersion, producer, refused, warnings, parameterCount } = inspection;
  const about = [`opset ${opset}`, `IR version ${irVersion}`, producer || 'producer unknown', formatBytes(fileBytes)];
  const measurable = trusted && refused === null && parameterCount > 0;
  return h(
    'header',
    { class: 'page-header' },
    h(
      'div',
      { class: 'title-row' },
      title(name, path, about.join(' · ')),
      measurable &&
        h(
          'div',
          { class: 'actions' },
          button({ label: 'Configure…', press: configure }),
          button({ label: 'Verify derivatives', press: () => host.post({ type: 'verify' }) }),
          button({ label: 'Analyze', kind: 'primary', press: () => host.post({ type: 'analyze' }) }),
        ),
    ),
    !trusted &&
      h('p', { class: 'note' }, 'This workspace is not trusted, so the model is shown but cannot be analysed.'),
    h('dl', { class: 'figures' }, ...figures(inspection)),
    derivativesNote(inspection),
    warnings.length > 0 && h('ul', { class: 'warnings' }, ...warnings.map((text) => h('li', {}, text))),
  );
}

function title(name: string, path: string, about?: string): HTMLElement {
  return h(
    'div',
    { class: 'title' },
    h('h1', {}, name),
    pathLine(path),
    about !== undefined && h('p', { class: 'note' }, about),
  );
}

function figures(inspection: Inspection): Child[] {
  const { parameterCount, parameters, cost, expectedSeconds, memory } = inspection;
  return [
    figure(
      'Parameters',
      formatCount(parameterCount),
      `${counted(parameters.length, 'tensor')}, ${formatBytes(cost.parameterBytes)}`,
    ),
    figure('Nodes', formatExactCount(cost.nodes), counted(inspection.operators.length, 'operator')),
    cost.flopsPerSample !== null && figure('Forward pass', formatFlops(cost.flopsPerSample), 'per sample'),
    expectedSeconds &&
      figure(
        'Time of an analysis',
        formatExpectedSeconds(expectedSeconds.standard),
        `of 1,000 samples; quick ${formatExpectedSeconds(expectedSeconds.quick)}, thorough ${formatExpectedSeconds(expectedSeconds.thorough)}`,
      ),
    parameterCount > 0 &&
      memory &&
      figure('Memory of an analysis', `up to ${formatBytes(memory.total)}`, `of ${formatBytes(memory.machine)} here`),
  ];
}

function figure(name: string, value: string, note: string): HTMLElement {
  return h(
    'div',
    { class: 'figure-item large' },
    h('dt', {}, name),
    h(
      'dd',
      {},
      h('span', { class: 'value' }, keepFiguresWhole(value)),
      h('span', { class: 'note' }, keepFiguresWhole(note)),
    ),
  );
}

function derivativesNote({ refused, unsupported, stillWorks, parameterCount }: Inspection): HTMLElement | null {
  if (refused !== null) {
    return h('p', { class: 'banner error' }, h('strong', {}, 'Cannot be measured as it is. '), refused);
  }
  if (unsupported.length > 0) {
    const nodes = unsupported.length === 1 ? 'One node has' : `${formatExactCount(unsupported.length)} nodes have`;
    return h(
      'p',
      { class: 'banner warning' },
      h('strong', {}, `${nodes} no derivative. `),
      [...stillWorks, 'The operators below say where and why.'].join(' '),
    );
  }
  if (parameterCount === 0) return null;
  return h(
    'p',
    { class: 'derivatives' },
    h('span', { class: 'mark', 'aria-hidden': 'true' }, '✓'),
    'Gradients and Hessian products work: every operator between the parameters and the outputs has a derivative.',
  );
}
