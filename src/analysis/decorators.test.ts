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

it.each(wrappers)('%s hands signal and nudge of a product on', async (_, wrap) => {
  const inner = quadratic([[2]], [0]);
  const seen: unknown[][] = [];
  const spied: Objective = {
    ...inner,
    hvp: (...request) => (seen.push(request.slice(1)), inner.hvp(...request)),
    ggnvp: (...request) => (seen.push(request.slice(1)), inner.ggnvp(...request)),
  };
  const { signal } = new AbortController();
  await wrap(spied).hvp([Float32Array.of(1)], signal, 7);
  await wrap(spied).ggnvp([Float32Array.of(1)], signal, 8);
  expect(seen).toEqual([
    [signal, 7],
    [signal, 8],
  ]);
});
