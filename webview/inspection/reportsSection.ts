import type { ReportLine } from '../../src/protocol/modelPage';
import { fill, h } from '../dom';
import type { EditorHost } from './editorHost';
import { pagePart } from './panel';

/** Lists the reports of the model, newest first. */
export function reportsSection(host: EditorHost) {
  const { element, body } = pagePart('reports', 'Reports');
  element.hidden = true;
  return {
    element,
    update(reports: readonly ReportLine[]): void {
      element.hidden = reports.length === 0;
      fill(
        body,
        h(
          'ul',
          { class: 'choices' },
          ...reports.map(({ id, started, summary }) =>
            h(
              'li',
              {},
              h(
                'button',
                { type: 'button', class: 'link', click: () => host.post({ type: 'openReport', id }) },
                new Date(started).toLocaleString(),
              ),
              h('p', { class: 'note' }, summary),
            ),
          ),
        ),
      );
    },
  };
}
