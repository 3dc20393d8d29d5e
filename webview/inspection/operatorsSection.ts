import type { Inspection } from '../../src/protocol/worker';
import { formatExactCount } from '../../src/text/counts';
import { fill, h } from '../dom';
import { table } from '../table';
import { pagePart, scrolling } from './panel';

const DERIVATIVES = { yes: 'differentiable', flat: 'derivative is zero', no: 'no derivative' } as const;

/** Lists the operators, most frequent first, and the nodes that stop a derivative, with the reasons. */
export function operatorsSection() {
  const { element, body } = pagePart('operators', 'Operators');
  return {
    element,
    update({ operators, unsupported }: Inspection): void {
      const sorted = [...operators].sort((a, b) => rank(b) - rank(a) || b.count - a.count);
      const rows = sorted.map(({ operator, count, derivative, note }) => [
        h('span', { class: 'code' }, operator),
        h('span', { class: `derivative ${derivative}` }, DERIVATIVES[derivative], note !== undefined && ` (${note})`),
        formatExactCount(count),
      ]);
      fill(
        body,
        unsupported.length > 0 && h('h3', {}, 'What has no derivative, and why'),
        unsupported.length > 0 &&
          scrolling(
            'Nodes without a derivative',
            table(
              ['Node', 'Operator', 'Reason'],
              unsupported.map(({ node, operator, reason }) => [
                h('span', { class: 'code' }, node),
                h('span', { class: 'code' }, operator),
                reason,
              ]),
            ),
          ),
        unsupported.length > 0 && h('h3', {}, 'All operators'),
        scrolling('Table of operators', table(['Operator', 'Derivative', 'Nodes'], rows, 2)),
      );
    },
  };
}

/** Operators without a derivative come first. */
function rank({ derivative }: Inspection['operators'][number]): number {
  return derivative === 'no' ? 1 : 0;
}
