import { LOSSES } from '../../options/options';
import { about, flag, number, object, oneOf, optional, text } from '../schema';
import type { Infer } from '../schema';
import { notFinite } from './notFinite';

export const objective = object({
  function: oneOf(LOSSES),
  loss: about('Mean loss, weight decay included when asked for.', number),
  notFinite: optional(notFinite, 'Why the loss is NaN or ∞, where it is.'),
  accuracy: optional(number, 'Fraction of right classes, where the targets are classes.'),
  rSquared: optional(
    number,
    'Coefficient of determination R² = 1 − Σ(prediction − target)²/Σ(target − mean)² over all outputs, where the targets are numbers that vary.',
  ),
  test: optional(
    object({
      source: optional(text, 'The path of the test data.'),
      samples: number,
      loss: about('Mean loss on the test data, with the same weight decay.', number),
      standardError: about('Standard error of the mean loss over the samples.', number),
      accuracy: optional(number),
      rSquared: optional(number),
    }),
    'The same on data that the model was not trained on.',
  ),
  samples: number,
  drawnFrom: optional(number, 'Number of samples in the data, where these were drawn from more at random.'),
  batchSize: number,
  weightDecay: number,
  standardError: about(
    'Standard error of the mean loss over samples: how far another draw of as many samples would move it.',
    number,
  ),
  reads: optional(text, 'Which graph output the loss reads, and how: "logits of output «output»".'),
  generated: optional(flag, "True when inputs are random and targets are the model's own answers."),
  classes: optional(
    number,
    "Number of classes, for classification losses: the spectrum's outliers are compared with it.",
  ),
  chanceLoss: optional(
    number,
    'Loss of the best answer that ignores the input: the entropy of the class frequencies, the variance of the targets.',
  ),
  chanceAccuracy: optional(
    number,
    'Accuracy of the best answer that ignores the input: the frequency of the most frequent class.',
  ),
});
export type ObjectiveSummary = Infer<typeof objective>;
