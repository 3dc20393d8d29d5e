import { formatNumber, formatCompact } from '../text/numbers';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { Judgment } from './diagnostic';
import { stepOf } from './pathText';
import { risingShare } from './risingShare';

/**
 * Progressive sharpening: training by gradient descent raises λ_max, until it reaches the bound of stability or the loss
 * is fitted. Judged from the first checkpoint to the sharpest one.
 * @see Cohen et al. 2021, arXiv:2103.00065, section 3.1
 */
export const progressiveSharpening = defineDiagnostic({
  id: 'progressive-sharpening',
  title: 'Progressive sharpening',
  needs: ['course'],
  shownIn: 'path',
  source: 'Cohen et al. 2021, arXiv:2103.00065, 3.1',
  criterion: ({ sharpening, risingShare: share }) =>
    `Present if the largest λ_max of all checkpoints is at least ${formatNumber(sharpening)} times that of the first, λ_max rises between at least ${formatNumber(share)} of all pairs of checkpoints up to there, and the last one is still sharper than the first, each beyond the errors. Absent if no checkpoint is ${formatNumber(sharpening)} times as sharp as the first.`,
  diagnose({ course: { lambdaMax } }, limits): Judgment {
    const [first, last] = [lambdaMax[0], lambdaMax[lambdaMax.length - 1]];
    if (lambdaMax.length < 3) return inconclusive('λ_max is known at fewer than three checkpoints.');
    const most = lambdaMax.reduce((a, b) => (b.value > a.value ? b : a));
    const text = ({ value, error }: typeof first) => formatCompact(value, error);
    const figures = [
      { label: '', shown: first },
      ...(most === first || most === last ? [] : [{ label: ', the largest', shown: most }]),
      { label: most === last ? ', the last and largest' : ', the last', shown: last },
    ];
    const evidence = figures.map(({ label, shown: { value, error, ...at } }) => ({
      name: `λ_max at ${stepOf(at)}${label}`,
      value,
      error,
    }));
    const between = most === first || most === last ? '' : `, largest with ${text(most)} at ${stepOf(most)},`;
    const course = `λ_max is ${text(first)} at ${stepOf(first)}${between} and ${text(last)} at ${stepOf(last)}`;
    const goal = limits.sharpening * first.value;
    const slack = most.error + limits.sharpening * first.error;
    if (first.value <= first.error)
      return inconclusive(`${course}; the first cannot be told from zero, so there is nothing to compare with.`, {
        evidence,
      });
    if (most.value + slack < goal)
      return absent(`Training did not sharpen the loss by ${formatNumber(limits.sharpening)}: ${course}.`, {
        evidence,
      });
    if (most.value - slack < goal)
      return inconclusive(`${course}: the rise cannot be told from a factor of ${formatNumber(limits.sharpening)}.`, {
        evidence,
      });
    const upTo = lambdaMax.slice(0, lambdaMax.indexOf(most) + 1);
    const rising = risingShare(upTo);
    evidence.push({ name: 'share of pairs up to the largest between which λ_max rises', value: rising, error: 0 });
    const stays = last.value - last.error > first.value + first.error;
    if (rising < limits.risingShare || !stays) {
      const why = stays ? 'it does not rise steadily up to there' : 'it falls back to where it was';
      return inconclusive(`${course}: ${why}.`, { evidence });
    }
    const factor = formatNumber(most.value / first.value, 3);
    const after = last === most ? '' : ', and then falls';
    return present('info', `Training sharpens the loss ${factor}-fold${after}: ${course}.`, {
      evidence,
      advice: [
        'Full-batch training sharpens until λ_max reaches 2/learning rate, and smaller batches stop earlier: a larger rate leads to flatter minima.',
      ],
    });
  },
});
