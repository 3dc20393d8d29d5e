import { openObjective } from '../../src/objective/open/openObjective';
import type { Objective } from '../../src/objective/objective';
import type { AnalysisOptions } from '../../src/options/options';
import { resolveOptions } from '../../src/options/presets';
import { vectorsOf } from './kernels';

/** Largest allowed difference of an accelerator's numbers from the CPU's, relative to the largest of each kind. */
export const AGREEMENT = 1e-3;

/**
 * Largest difference of loss, plane point, gradient and products from the CPU's, each relative to its largest number.
 */
export async function disagreementWithCpu(objective: Objective, path: string, asked: AnalysisOptions): Promise<number> {
  const { objective: cpu } = await openObjective(path, resolveOptions({ ...asked, provider: 'cpu' }));
  try {
    const [there, here] = [await numbersOf(objective), await numbersOf(cpu)];
    return Math.max(...there.map((numbers, i) => distance(numbers, here[i])));
  } finally {
    await cpu.dispose();
  }
}

async function numbersOf(objective: Objective): Promise<ArrayLike<number>[]> {
  const [a, b] = vectorsOf(objective, 2);
  const points = await objective.plane(a, b, [{ alpha: 1e-3, beta: -1e-3 }]);
  return [
    [(await objective.value()).loss],
    points.map(({ loss }) => loss),
    await objective.gradient(),
    ...(await objective.products('hessian', [a, b])),
    ...(await objective.products('gaussNewton', [a, b])),
  ];
}

/** Relative distance max |aᵢ − bᵢ| / max |bᵢ|. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [difference, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    // NaN counts as different from every number.
    const off = Math.abs(a[i] - b[i]);
    difference = off <= difference ? difference : off;
    size = Math.max(size, Math.abs(b[i]));
  }
  return size > 0 ? difference / size : difference;
}
