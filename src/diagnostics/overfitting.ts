import { formatNumber, formatPercent, formatCompact } from '../text/numbers';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { Judgment } from './diagnostic';
import type { WithError } from './measurements';

/**
 * Overfitting: the test loss lies above the training loss, and further training raises it. It rises where the gradients
 * point apart, g_testᵀg < 0, or where the step along −g that lowers the training loss most raises the test loss. Each
 * comparison asks for a distance of two standard errors.
 * @see Prechelt 1998, Early Stopping – But When?; Goodfellow, Bengio & Courville 2016, Deep Learning, section 7.8
 */
export const overfitting = defineDiagnostic({
  id: 'overfitting',
  title: 'Overfitting',
  needs: ['loss', 'test'],
  shownIn: 'lines',
  source: 'Prechelt 1998, Early Stopping – But When?; Goodfellow, Bengio & Courville 2016, Deep Learning, 7.8',
  criterion: ({ testStandardErrors }) =>
    `Present if the test loss exceeds the training loss by more than ${formatNumber(testStandardErrors)} standard errors, and either the two gradients have a negative cosine or the best step along −g raises the test loss, each beyond ${formatNumber(testStandardErrors)} standard errors.`,
  diagnose({ loss, test }, limits) {
    const gap: WithError = {
      value: test.loss.value - loss.value,
      error: Math.hypot(test.loss.error, loss.error),
    };
    const { cosine, change } = test;
    const evidence: Judgment['evidence'] = [
      { name: 'test loss above training loss', ...gap, threshold: limits.testStandardErrors * gap.error },
      ...(cosine ? [{ name: 'cosine of training and test gradient', ...cosine, threshold: 0 }] : []),
      ...(change ? [{ name: 'change of the test loss by the best step along −g', ...change, threshold: 0 }] : []),
      { name: 'training loss', value: loss.value, error: loss.error },
      { name: 'test loss', ...test.loss },
      ...(loss.accuracy === null ? [] : [{ name: 'training accuracy', value: loss.accuracy, error: 0 }]),
      ...(test.accuracy === null ? [] : [{ name: 'test accuracy', value: test.accuracy, error: 0 }]),
    ];
    const [here, there] = [formatNumber(loss.value, 3), formatCompact(test.loss.value, test.loss.error)];
    const both = `The test loss is ${there}, the training loss ${here}`;
    const resolved = (figure: WithError | null, sign: 1 | -1) =>
      figure !== null && sign * figure.value > limits.testStandardErrors * figure.error;
    const rises = [
      ...(resolved(cosine, -1) ? [`their gradients point apart (cosine ${withError(cosine!)})`] : []),
      ...(resolved(change, 1) ? [`the best step along −g raises the test loss by ${withError(change!)}`] : []),
    ];
    if (!resolved(gap, 1)) {
      const largest = gap.value + limits.testStandardErrors * gap.error;
      const unit = loss.chance ?? 0;
      const isOpen = rises.length > 0 || (unit > 0 && largest > limits.unresolvedGap * unit);
      const told = `${both}: the test loss is not above it beyond their standard errors`;
      if (!isOpen) return absent(`${told}.`, { evidence });
      const why = rises.length > 0 ? rises.join('; ') : `the difference may be as large as ${formatNumber(largest, 2)}`;
      return inconclusive(`${told}, but ${why}.`, {
        evidence,
        advice: ['More test samples make the difference certain.'],
      });
    }
    if (rises.length === 0 && (resolved(change, -1) || resolved(cosine, 1))) {
      const how = resolved(change, -1)
        ? `the best step along −g still changes the test loss by ${withError(change!)}`
        : `their gradients still agree (cosine ${withError(cosine!)})`;
      return absent(`${both}, and ${how}.`, { evidence });
    }
    if (rises.length === 0) {
      const untold = cosine
        ? `whether further training raises the test loss cannot be told: the cosine of the gradients is ${withError(cosine)}`
        : 'whether further training raises the test loss was not measured';
      return inconclusive(`${both}; ${untold}.`, { evidence, advice: ['More test samples make the slope certain.'] });
    }
    return present('medium', `${both}, and ${rises.join('; ')}.${accuracies(loss.accuracy, test.accuracy)}`, {
      evidence,
      advice: [
        'Stop earlier: take the weights with the lowest test loss.',
        'More data, augmentation, weight decay or a smaller model bring the two losses together.',
        'A random share of wrong labels is learnt by heart as well: check the targets of the samples that the model got right last.',
      ],
    });
  },
});

const withError = ({ value, error }: WithError) => formatCompact(value, error);

function accuracies(training: number | null, test: number | null): string {
  if (training === null || test === null) return '';
  return ` The accuracy is ${formatPercent(training)} on the training data and ${formatPercent(test)} on the test data.`;
}
