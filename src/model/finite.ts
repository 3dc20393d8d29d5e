import { UserError } from '../errors';
import { isFloat, sizeOf } from '../graph/tensor';
import { formatExact } from '../text/numbers';
import type { PreparedModel } from './prepared';

/** @throws UserError naming every weight tensor with NaN or ∞, because no figure at such a point has a meaning */
export function checkFinite({ source, classification }: PreparedModel, path: string): void {
  const trained = new Set(classification.filter((c) => c.trained).map(({ name }) => name));
  const bad = [...source.initializers].flatMap(([name, t]) => {
    if (!isFloat(t.dtype)) return [];
    const at = firstNonFinite(t.data as Float32Array);
    // Masks contain −∞ on purpose, and clip bounds, which are single numbers, may be ∞.
    const bound = t.data[at] === Infinity && sizeOf(t.shape) === 1 && !trained.has(name);
    const meant = t.data[at] === -Infinity || bound;
    return at < 0 || meant ? [] : [`«${name}»: element ${at} is ${formatExact(Number(t.data[at]))}`];
  });
  if (bad.length === 0) return;
  throw new UserError({
    what: `${bad.length} weight tensor${bad.length > 1 ? 's hold' : ' holds'} numbers that are not finite.`,
    where: [path, ...bad],
    action: 'Training diverged or the export is damaged. Use an earlier checkpoint.',
  });
}

function firstNonFinite(data: Float32Array): number {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return i;
  return -1;
}
