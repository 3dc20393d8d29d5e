import { formatNumber } from '../text/numbers';
import type { Judgment } from './diagnostic';
import type { Limits } from './limits';
import type { Measurements } from './measurements';

type Features = Measurements['features'] | undefined;

/** The condition number of the features that a layer reads, as they are and standardized. */
export function featureEvidence(features: Features): Judgment['evidence'] {
  return (features ?? []).flatMap(({ input, condition, standardized }) => [
    { name: `κ of the second moments of «${input}»`, value: condition, error: 0 },
    { name: `the same with every feature standardized`, value: standardized, error: 0 },
  ]);
}

/** What to do about the features; null where they are of equal scale already. */
export function featureAdvice(features: Features, { featureGain }: Limits): string | null {
  if (!features) return 'Scale the input features to equal variance.';
  const [worst] = [...features].sort((a, b) => gainOf(b) - gainOf(a));
  if (worst === undefined || gainOf(worst) < featureGain) return null;
  const { input, deviation, offCentre, condition, standardized } = worst;
  const { least, greatest } = deviation;
  const spread = `deviations from ${formatNumber(least, 3)} to ${formatNumber(greatest, 3)}, means up to ${formatNumber(offCentre, 2)} deviations from 0`;
  return `Standardize the features of «${input}» (${spread}): subtract the mean of each and divide by its deviation. ${Number.isFinite(standardized) ? `The condition number of what the first layer reads falls from ${formatNumber(condition, 3)} to ${formatNumber(standardized, 3)}.` : 'Some of them depend on each other: leave those out.'}`;
}

/** What standardizing brings; where features depend on each other, no condition number tells. */
function gainOf({ condition, standardized, deviation }: NonNullable<Features>[number]): number {
  return Number.isFinite(standardized) ? condition / standardized : (deviation.greatest / deviation.least) ** 2;
}
