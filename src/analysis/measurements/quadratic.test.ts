import { expect, it } from 'vitest';
import { quadratic } from '../../../test/unit/closedFormObjective';
import { factsOf } from '../../../test/unit/factsOf';
import { resolveOptions } from '../../options/presets';
import { analyzeObjective } from '../analyzeObjective';

it('has slope and curvature of each line, and holds everywhere on a quadratic loss', async () => {
  // L = 2x² + y², so that at (1, 2): g = (4, 4), and H = diag(4, 2).
  const objective = quadratic(
    [
      [4, 0],
      [0, 2],
    ],
    [1, 2],
  );
  const options = resolveOptions({
    only: ['loss', 'gradient', 'lines'],
    line: ['gradient:-1:1:5', 'parameters:-1:1:5'],
  });
  const { lines } = await analyzeObjective(objective, factsOf(objective), options);
  expect(lines.map((line) => line.quadratic)).toEqual([
    // Along g/‖g‖ = (1, 1)/√2.
    { slope: expect.closeTo(4 * Math.SQRT2, 5), curvature: expect.closeTo(3, 5), radius: Infinity, error: 0 },
    // gᵀθ = 4 + 8 and θᵀHθ = 4 + 8.
    { slope: expect.closeTo(12, 5), curvature: expect.closeTo(12, 5), radius: Infinity, error: 0 },
  ]);
});

it('is left out where the gradient was not asked for', async () => {
  const objective = quadratic([[2]], [1]);
  const options = resolveOptions({ only: ['lines'], line: ['parameters:-1:1:5'] });
  const { lines } = await analyzeObjective(objective, factsOf(objective), options);
  expect(lines[0].quadratic).toBeUndefined();
});
