import type { Report } from '../report';

/**
 * Says what the parts that a finished report lacks would add, one sentence each. A loss that is not finite has no
 * landscape, so nothing is missing then. Lines, planes and spectra say on their own that they were not asked for.
 */
export function notMeasured({ complete, objective, gradient, dynamics, optimizers, path }: Report): string[] {
  // A path measures the same little at each of its checkpoints.
  if (path || !complete || !objective || !Number.isFinite(objective.loss) || !gradient) return [];
  const sentences: string[] = [];
  if (!dynamics?.descent) {
    sentences.push(
      'The part «dynamics» was not measured. It would add what the landscape means for training: how far the loss falls along −∇L, ways out of critical points, the gradient by depth and over time, dead and saturated units, cliffs and lower losses elsewhere.',
    );
  }
  if (!optimizers?.length) {
    sentences.push(
      'The part «optimizers» was not measured. It would add a race of the usual optimizers from these weights, and the best weights to save.',
    );
  }
  return sentences;
}
