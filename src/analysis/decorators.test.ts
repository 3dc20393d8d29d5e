import { expect, it } from 'vitest';
import { quadratic } from '../../test/unit/closedFormObjective';
import type { Objective } from '../objective/objective';
import { withWeightDecay } from '../objective/layers/weightDecay';
import { counted } from '../objective/layers/counted';
import { remembered } from '../objective/layers/remembered';

const wrappers: [string, (objective: Objective) => Objective][] = [
  ['remembered', remembered],
  ['counted', (objective) => counted(objective).objective],
  ['weight decay', (objective) => withWeightDecay(objective, 0.1)],
];

it.each(wrappers)('%s passes on the signal and nudge of a product', async (_, wrap) => {
  const inner = quadratic([[2]], [0]);
  const seen: unknown[][] = [];
  const spied: Objective = {
    ...inner,
    products: (...request) => (seen.push([request[0], request[2]]), inner.products(...request)),
  };
  const { signal } = new AbortController();
  await wrap(spied).products('hessian', [Float32Array.of(1)], { signal, nudge: 7 });
  await wrap(spied).products('gaussNewton', [Float32Array.of(1)], { signal, nudge: 8 });
  expect(seen).toEqual([
    ['hessian', { signal, nudge: 7 }],
    ['gaussNewton', { signal, nudge: 8 }],
  ]);
});
