import { shownThroughout } from '../../src/foreignText';
import { fill, h } from '../dom';
import { failureBox } from '../failureBox';
import { scrollMemory } from '../scrollMemory';
import { configureSection } from './configureSection';
import { dataSection } from './dataSection';
import type { EditorHost } from './editorHost';
import { restoreModelMemory } from './memory';
import { modelHeader, unreadHeader } from './modelHeader';
import { operatorsSection } from './operatorsSection';
import { otherTensorsSection } from './otherTensorsSection';
import { parametersSection } from './parametersSection';
import { portsSection } from './portsSection';
import { reportsSection } from './reportsSection';

/** Builds the page of a model, then shows what the extension tells. */
export function mountModelPage(root: HTMLElement, host: EditorHost): void {
  const memory = restoreModelMemory(host.loadMemory());
  const remember = (): void => host.saveMemory(memory);
  const head = h('div', { class: 'head', role: 'status' });
  const configure = configureSection(host, memory, remember);
  const ports = portsSection();
  const data = dataSection(host);
  const reports = reportsSection(host);
  const parameters = parametersSection(host, memory.parameters, remember);
  const operators = operatorsSection();
  const others = otherTensorsSection();
  const ofTheFile = [ports, parameters, operators, others];
  fill(
    root,
    h(
      'main',
      { class: 'model-page' },
      head,
      ...[configure, ports, data, parameters, operators, reports, others].map(({ element }) => element),
    ),
  );

  const waysOut = [
    { label: 'Read again', press: () => host.post({ type: 'reload' }) },
    { label: 'Show log', press: () => host.post({ type: 'showLog' }) },
  ];
  const scroll = scrollMemory(memory, remember);
  host.listen((told) => {
    const message = shownThroughout(told);
    switch (message.type) {
      case 'model': {
        const { state } = message;
        for (const section of ofTheFile) section.element.hidden = state.kind !== 'model';
        data.element.hidden = state.kind !== 'model';
        if (state.kind === 'failed') return fill(head, unreadHeader(message), failureBox(state.failure, waysOut));
        if (state.kind === 'reading')
          return fill(head, unreadHeader(message), h('p', { class: 'note' }, 'Reading the graph…'));
        fill(head, modelHeader(message, state, { host, configure: () => configure.open() }));
        configure.setModel(state.inspection);
        ports.update(state.inspection);
        parameters.update(state.inspection);
        operators.update(state.inspection);
        others.update(state.inspection);
        data.setLoss(state.inspection.loss);
        data.setTrust(message.trusted);
        // Only a trusted model has the button that opens the form.
        if (message.trusted) configure.restore();
        return scroll.restore();
      }
      case 'openForm':
        return configure.open();
      case 'data':
        configure.setCandidates(message.data.kind === 'found' ? message.data.candidates : []);
        return data.update(message.data);
      case 'reports':
        return reports.update(message.reports);
      case 'statistics':
        return parameters.learn(message.tensors, message.missing);
      default:
        return configure.receive(message);
    }
  });
}
