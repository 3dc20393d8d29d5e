import type { Inspection } from '../../src/protocol/worker';
import { fill, h } from '../dom';
import { table } from '../table';
import { pagePart, scrolling } from './panel';

/** Lists inputs and outputs with their types and shapes. */
export function portsSection() {
  const { element, body } = pagePart('ports', 'Inputs and outputs');
  return {
    element,
    update({ inputs, outputs }: Inspection): void {
      const rows = (kind: string, ports: Inspection['inputs']) =>
        ports.map(({ name, type, shape }) => [
          h('span', { class: 'note' }, kind),
          h('span', { class: 'code' }, name),
          type,
          h('span', { class: 'code' }, shape),
        ]);
      const all = [...rows('input', inputs), ...rows('output', outputs)];
      fill(body, scrolling('Table of inputs and outputs', table(['Kind', 'Name', 'Type', 'Shape'], all)));
    },
  };
}
