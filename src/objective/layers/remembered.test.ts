import { expect, it } from 'vitest';
import { quadratic } from '../../../test/unit/closedFormObjective';
import { remembered } from './remembered';

it('measures each point of a plane once, in whichever order and call', async () => {
  const inner = quadratic(
    [
      [2, 0],
      [0, 4],
    ],
    [1, 1],
  );
  const objective = remembered(inner);
  const [d1, d2] = [Float32Array.of(1, 0), Float32Array.of(0, 1)];
  const points = [-1, 0, 1].flatMap((alpha) => [-1, 0, 1].map((beta) => ({ alpha, beta })));

  await objective.plane(d1, d2, [points[4], points[0]]);
  const seen: number[] = [];
  const values = await objective.plane(d1, d2, points, { onPoint: (i, { loss }) => (seen[i] = loss) });

  expect(inner.counts.losses).toBe(9);
  expect(values.map(({ loss }) => loss)).toEqual(
    points.map(({ alpha, beta }) => (1 + alpha) ** 2 + 2 * (1 + beta) ** 2),
  );
  expect(seen).toEqual(values.map(({ loss }) => loss));
});

it('keeps what was measured before it was stopped', async () => {
  const inner = quadratic([[2]], [0]);
  const objective = remembered(inner);
  const d = Float32Array.of(1);
  const points = [0, 1, 2, 3].map((alpha) => ({ alpha, beta: 0 }));
  const controller = new AbortController();
  const stopped = objective.plane(d, null, points, {
    signal: controller.signal,
    onPoint: (i) => i === 1 && controller.abort(),
  });
  await expect(stopped).rejects.toThrow(controller.signal.reason as Error);
  await objective.plane(d, null, points);
  expect(inner.counts.losses).toBe(4);
});

it('tells planes along other directions apart', async () => {
  const inner = quadratic([[2]], [0]);
  const objective = remembered(inner);
  const point = [{ alpha: 1, beta: 0 }];
  const [a] = await objective.plane(Float32Array.of(1), null, point);
  const [b] = await objective.plane(Float32Array.of(2), null, point);
  expect([a!.loss, b!.loss]).toEqual([1, 4]);
});
