import { about, number, object, optional, text } from '../../schema';
import type { Infer } from '../../schema';
import { withError } from '../withError';

export const testData = object({
  source: optional(text, 'The path of the test data.'),
  samples: number,
  loss: about('Mean loss, with the same weight decay as the loss of the training data.', number),
  standardError: about('Standard error of the mean loss over the samples.', number),
  accuracy: optional(number),
  gradientNorm: optional(number, 'Norm of the gradient of the test loss, without weight decay.'),
  cosine: optional(
    withError,
    'Cosine of the gradients of training and test loss. Its error is that of the slope of the test loss along the training gradient, over the test samples.',
  ),
  change: optional(
    object({ step: number, value: number, error: number }),
    'Change of the test loss by the step along −g that lowers the training loss most, with the standard error over pairs of losses of one sample.',
  ),
});
/** The loss on data that the model was not trained on. */
export type TestDataMeasurement = Infer<typeof testData>;
