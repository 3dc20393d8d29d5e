import type { Inspection } from '../../src/protocol/worker';
import { counted } from '../../src/text/counts';
import { fill, h } from '../dom';
import { table } from '../table';
import { pagePart, scrolling } from './panel';

const SHOWN = 1000;

/** Lists the floating-point tensors that are not trained, with the reasons. */
export function otherTensorsSection() {
  const { element, body } = pagePart(
    'others',
    'Not parameters',
    'Floating-point tensors of the file that an analysis does not vary.',
  );
  return {
    element,
    update({ constants }: Inspection): void {
      element.hidden = constants.length === 0;
      const rows = constants
        .slice(0, SHOWN)
        .map(({ name, shape, reason }) => [
          h('span', { class: 'code' }, name),
          h('span', { class: 'code' }, `[${shape.join(', ')}]`),
          reason,
        ]);
      fill(
        body,
        scrolling('Tensors that are not parameters', table(['Name', 'Shape', 'Reason'], rows)),
        constants.length > SHOWN &&
          h('p', { class: 'note' }, `and ${counted(constants.length - SHOWN, 'more tensor')}`),
      );
    },
  };
}
