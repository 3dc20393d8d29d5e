import { about, list, number, object, text } from '../../schema';
import type { Infer } from '../../schema';

const input = object({
  input: text,
  features: number,
  constant: about('Features that never change; they are left out of the rest.', number),
  deviation: about('Standard deviations over the samples.', object({ least: number, greatest: number })),
  offCentre: about('Largest |mean| over standard deviation.', number),
  condition: about('Condition number of E[x̃x̃ᵀ], x̃ the features and a 1 for the bias.', number),
  standardized: about('The same with every feature of mean 0 and variance 1.', number),
});

export const features = list(input);
/** Scales of the features that a layer reads as they are. */
export type FeatureMeasurement = Infer<typeof input>;
