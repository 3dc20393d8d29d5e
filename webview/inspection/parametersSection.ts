import type { TensorStatistics } from '../../src/protocol/tensorStatistics';
import type { Inspection } from '../../src/protocol/worker';
import { counted, formatCount } from '../../src/text/counts';
import { button, segmented } from '../components';
import { fill, h } from '../dom';
import type { EditorHost } from './editorHost';
import type { ModelPageMemory } from './memory';
import { pagePart, scrolling } from './panel';
import { parameterRows, sortedRows } from './parameterRows';
import type { ParameterColumn } from './parameterRows';
import { parameterTable } from './parameterTable';

/** Rows that the table shows at first. More would take long to lay out, and nobody reads them one by one. */
const SHOWN = 300;

/** Shows the parameters by layer or by tensor: sortable, with shares of the count and statistics on demand. */
export function parametersSection(host: EditorHost, memory: ModelPageMemory['parameters'], remember: () => void) {
  const { element, tools, body } = pagePart('parameters', 'Parameters');
  const known = new Map<string, TensorStatistics>();
  const without = new Set<string>();
  const waiting = new Set<string>();
  const place = h('div', {});
  const tally = h('p', { class: 'note', role: 'status' });
  let inspection: Inspection | undefined;
  let all = false;

  const ask = (names: readonly string[]): void => {
    const wanted = names.filter((name) => !known.has(name) && !without.has(name) && !waiting.has(name));
    if (wanted.length === 0) return;
    wanted.forEach((name) => waiting.add(name));
    host.post({ type: 'statistics', names: wanted });
    render();
  };
  const sortBy = (column: ParameterColumn): void => {
    const same = memory.column === column;
    // A second press turns the order round, and a third returns to that of the network.
    const first = column === 'name' ? 'ascending' : 'descending';
    if (!same) Object.assign(memory, { column, direction: first });
    else if (memory.direction === first) memory.direction = first === 'ascending' ? 'descending' : 'ascending';
    else Object.assign(memory, { column: 'order', direction: 'ascending' });
    remember();
    render();
    place.querySelector<HTMLElement>(`[data-column="${column}"]`)?.focus();
  };

  function render(): void {
    if (!inspection) return;
    const wanted = memory.filter.trim().toLowerCase();
    const rows = parameterRows(inspection.parameters, memory.grouping, known);
    const filtered = rows.filter(({ name, tensors }) =>
      [name, ...tensors].some((text) => text.toLowerCase().includes(wanted)),
    );
    const sorted = sortedRows(filtered, memory.column, memory.direction);
    const shown = all ? sorted : sorted.slice(0, SHOWN);
    const count = filtered.reduce((sum, row) => sum + row.count, 0);
    const thing = memory.grouping === 'layer' ? 'layer' : 'tensor';
    tally.textContent = `${counted(filtered.length, thing)}, ${formatCount(count)} parameters`;
    fill(
      place,
      scrolling(
        'Table of parameters',
        parameterTable(shown, { order: memory, sortBy, ask, waiting, without, grouping: memory.grouping }),
      ),
      shown.length < sorted.length &&
        button({
          label: `Show all ${counted(sorted.length, thing)}`,
          press: () => {
            all = true;
            render();
          },
        }),
    );
  }

  fill(
    tools,
    h('input', {
      type: 'search',
      class: 'filter',
      placeholder: 'Filter by name',
      'aria-label': 'Filter by name',
      value: memory.filter,
      input: ({ target }) => {
        memory.filter = (target as HTMLInputElement).value;
        remember();
        render();
      },
    }),
    segmented(
      'Rows',
      [
        { value: 'layer', label: 'Layers' },
        { value: 'tensor', label: 'Tensors' },
      ],
      memory.grouping,
      (grouping) => {
        memory.grouping = grouping;
        remember();
        render();
      },
    ),
    button({
      label: 'Statistics',
      description: 'Compute the statistics of every tensor',
      press: () => inspection && ask(inspection.parameters.map(({ name }) => name)),
    }),
  );
  fill(body, tally, place);

  return {
    element,
    /** Shows a model. After a change of the file, statistics are those of the old numbers, so they go. */
    update(next: Inspection): void {
      inspection = next;
      known.clear();
      without.clear();
      waiting.clear();
      tools.hidden = next.parameters.length === 0;
      render();
    },
    /** Takes statistics that have been computed. */
    learn(tensors: readonly TensorStatistics[], missing: readonly string[]): void {
      for (const tensor of tensors) known.set(tensor.name, tensor);
      for (const name of missing) without.add(name);
      for (const name of [...tensors.map((tensor) => tensor.name), ...missing]) waiting.delete(name);
      render();
    },
  };
}
