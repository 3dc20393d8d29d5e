import { formatNumber, formatPercent } from '../text/numbers';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import { stepOf } from './pathText';

/** Share of the checkpoints that count as the end of the path. */
const END = 1 / 4;

/**
 * Negative test for local minima: if the norm of the gradient does not shrink to insignificance along training, the
 * problem is neither a local minimum nor any other critical point. Shrinking proves nothing, since other structures have
 * small gradients as well.
 * @see Goodfellow, Bengio & Courville 2016, Deep Learning, section 8.2.2
 */
export const persistentGradient = defineDiagnostic({
  id: 'persistent-gradient',
  title: 'Gradient that does not vanish',
  needs: ['course'],
  shownIn: 'path',
  source: 'Goodfellow, Bengio & Courville 2016, Deep Learning, 8.2.2; the thresholds are ours',
  criterion: ({ heldGradient, vanishedAlongPath }) =>
    `Compares the median ‖g‖ of the last quarter of the checkpoints with that of the first checkpoint. Present at ${formatPercent(heldGradient)} or more: training stops at no critical point. Absent at ${formatPercent(vanishedAlongPath)} or less.`,
  diagnose({ course: { gradientNorm, loss } }, limits) {
    if (gradientNorm.length < 3) return inconclusive('‖g‖ is known at fewer than three checkpoints.');
    const first = gradientNorm[0];
    const end = gradientNorm.slice(-Math.max(1, Math.round(END * gradientNorm.length)));
    const held = middle(end.map(({ value }) => value));
    const ratio = held / first.value;
    const evidence = [
      { name: `‖g‖ at ${stepOf(first)}`, value: first.value, error: first.error },
      {
        name: end.length === 1 ? `‖g‖ at ${stepOf(end[0])}` : `median ‖g‖ from ${stepOf(end[0])} on`,
        value: held,
        error: 0,
      },
      { name: 'ratio', value: ratio, error: 0 },
      ...changeOfLoss(loss, end[0].step),
    ];
    const course = `‖g‖ is ${formatNumber(first.value, 3)} at ${stepOf(first)} and ${formatNumber(held, 3)} ${end.length === 1 ? `at ${stepOf(end[0])}` : `(median) from ${stepOf(end[0])} on`}`;
    if (!(first.value > 0))
      return inconclusive(`${course}: training began at a point without a gradient.`, { evidence });
    if (ratio >= limits.heldGradient)
      return present(
        'low',
        `${course}: it does not vanish, so what slows training is no local minimum, nor any other critical point.`,
        {
          evidence,
          advice: [
            'Look at the noise of the gradient, at ill-conditioning and at the edge of stability instead: they slow training with a gradient left.',
          ],
        },
      );
    return ratio <= limits.vanishedAlongPath
      ? absent(
          `${course}: it has shrunk to ${formatPercent(ratio)}, so a critical point may be near. The verdicts on the last checkpoint say of which kind.`,
          { evidence },
        )
      : inconclusive(
          `${course}: it has shrunk to ${formatPercent(ratio)}, which neither rules out a critical point nor shows one.`,
          { evidence },
        );
  },
});

/** How far the loss still changes at the end of the path. */
function changeOfLoss(loss: readonly { step: number; value: number }[], from: number) {
  const end = loss.filter(({ step }) => step >= from);
  if (end.length < 2) return [];
  const change = end[end.length - 1].value - end[0].value;
  return [{ name: `change of the loss since ${stepOf(end[0])}`, value: change, error: 0 }];
}

/** The median: one spike of a noisy path does not count. */
function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
