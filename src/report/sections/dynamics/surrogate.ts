import { about, flag, list, number, object, optional } from '../../schema';
import type { Infer } from '../../schema';
import { direction } from '../lines';
import { withError } from '../withError';

const worst = object({
  samples: about(
    'How many samples have the largest losses: 5 % of all, or the fewest above it where one is more.',
    number,
  ),
  share: about('Their share of all samples, by weight.', number),
  lossShare: about('Their share of the loss.', withError),
  errorShare: optional(
    number,
    'The 0–1 error that they cause, over all samples. Left out where the targets are not classes.',
  ),
  lossPerError: optional(withError, 'Their loss over their 0–1 error. Left out where none of them is wrong.'),
});

const concentration = object({
  samples: about('Share of all samples, by weight, from the largest loss on.', list(number)),
  loss: about('Their share of the loss.', list(number)),
  error: optional(list(number), 'Their share of the 0–1 error. Left out where no answer is wrong.'),
});

const bin = object({
  from: about('Bounds of the probability of the predicted class, (from, to].', number),
  to: number,
  answers: number,
  confidence: about('Mean probability of the predicted class.', number),
  accuracy: number,
});

export const surrogate = object({
  worst: optional(worst, 'The samples with the largest losses. Left out for losses that can be negative.'),
  concentration: optional(
    concentration,
    'What growing numbers of the samples with the largest losses carry. Left out for losses that can be negative.',
  ),
  worstSamples: about(
    'The largest losses, the largest first.',
    list(
      object({
        index: about('Index among the samples that are used, from 0.', number),
        loss: number,
        wrong: optional(flag, 'Whether an answer of this sample is wrong.'),
        confidence: optional(number, 'Mean probability of the predicted class.'),
      }),
    ),
  ),
  errorRate: optional(number, 'The 0–1 error: one minus the accuracy.'),
  calibration: optional(
    object({
      expectedError: about(
        'Expected calibration error: the mean distance of confidence and accuracy over the bins.',
        withError,
      ),
      bins: about('The bins that hold answers.', list(bin)),
    }),
    'How far the probabilities of the predicted classes are from the frequency of right answers.',
  ),
  rankCorrelation: about(
    'Spearman rank correlation of loss and 0–1 error over the measured points of each line; its error is the spread for unrelated values.',
    list(object({ direction, points: number, value: number, error: number })),
  ),
});
/** How the loss, which is minimized, stands to the 0–1 error, which is meant. */
export type SurrogateMeasurement = Infer<typeof surrogate>;
