import { UserError } from '../errors';
import type { DataCandidate } from './worker';

/**
 * Chooses the best of the data that were found beside a model.
 * @param action how to name data at the place where the message is read
 * @throws UserError if none fits, with the reasons
 */
export function fittingData(model: string, candidates: readonly DataCandidate[], action: string): DataCandidate {
  const found = candidates.find(({ fits }) => fits);
  if (found) return found;
  throw new UserError({
    what: 'No data was given, and no file beside the model fits.',
    where: [model, ...candidates.map(({ path, description }) => `${path}: ${description}`)],
    action,
  });
}
