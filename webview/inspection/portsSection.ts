import type { Inspection } from '../../src/protocol/worker';
import { fill, h } from '../dom';
import { table } from '../table';
import { pagePart } from './panel';

/** Lists inputs and outputs with their types and shapes. */
export function portsSection() {
  const { element, body } = pagePart('ports', 'Inputs and outputs');
  return {
    element,
    update({ inputs, outputs }: Inspection): void {
      const rows = (ports: Inspection['inputs']) =>
        ports.map(({ name, type, shape }) => [
          h('span', { class: 'code' }, name),
          type,
          h('span', { class: 'code' }, shape),
        ]);
      fill(
        body,
        h('h3', {}, inputs.length === 1 ? 'Input' : 'Inputs'),
        table(['Name', 'Type', 'Shape'], rows(inputs)),
        h('h3', {}, outputs.length === 1 ? 'Output' : 'Outputs'),
        table(['Name', 'Type', 'Shape'], rows(outputs)),
      );
    },
  };
}
