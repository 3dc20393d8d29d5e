import { classFault } from '../../data/classFault';
import { formatShape } from '../../data/dataset';
import { distributionAxes } from '../../data/distributions';
import type { ErrorText } from '../../errors';
import type { Tensor } from '../../graph/tensor';
import { sizeOf } from '../../graph/tensor';
import type { ClassAxisChoice } from '../../loss/classAxis';

/**
 * Explains why no loss can be guessed for these targets, and what to do. It recognizes labels beyond the classes,
 * counted from 1, or with a marker for "none"; rows of another width; positions of another length; and values where the
 * model distinguishes classes.
 * @param output shape of the output, [batch, …]
 * @param choice the axis of the classes for targets of this shape
 */
export function untoldLoss(
  target: Tensor,
  {
    output,
    name,
    choice,
    ignored,
  }: { output: readonly number[]; name: string; choice: ClassAxisChoice; ignored: number },
): Pick<ErrorText, 'what' | 'action'> {
  const untold = 'The model and its data do not determine the loss.';
  const classes = output[choice.axis];
  if (choice.fits && classes > 1) {
    const fault = classFault(target, classes, ignored);
    if (fault) return { what: `${untold} ${fault.what}`, action: fault.action };
  }
  const [have, want] = [sizeOf(target.shape.slice(1)), sizeOf(output.slice(1))];
  const shapes = `The targets are ${formatShape([null, ...target.shape.slice(1)])}, the output «${name}» is ${formatShape([null, ...output.slice(1)])}`;
  if (output.length === 2 && target.shape.length === 2 && have > 1) {
    const kind = distributionAxes(target).get(1);
    if (kind) {
      const rows = kind === 'one-hot' ? 'one-hot rows' : 'distributions';
      return {
        what: `${untold} The targets are ${rows} over ${have} classes, but «${name}» distinguishes ${want}.`,
        action: 'Check that model and data belong together, or name other targets with --target KEY.',
      };
    }
    return {
      what: `${untold} ${shapes}: ${have} numbers for ${want} outputs.`,
      action:
        'Save one target per output for --loss mse or bce, one class index per sample for cross_entropy, or name other targets with --target KEY.',
    };
  }
  return {
    what: `${untold} ${shapes}, which fits neither class indices nor one number per output.`,
    action: 'Name the array of the targets with --target KEY, or another output with --loss-output NAME.',
  };
}
