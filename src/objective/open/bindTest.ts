import type { Dataset } from '../../data/dataset';
import { UserError } from '../../errors';
import type { LoweredModel } from '../../model/lowered';
import type { ResolvedOptions } from '../../options/presets';
import { chooseLoss } from './chooseLoss';
import type { LossChoice, ModelOutput } from './lossChoice';

/** The test data with their targets in the form that the loss of the training data needs. */
export interface BoundTest {
  choice: LossChoice;
  data: Dataset;
}

/**
 * Converts the targets of the test data as those of the training data were. Everything else about the loss is as it is
 * for the training data.
 * @throws UserError when the targets do not have the same form
 */
export function bindTest(
  { g }: Pick<LoweredModel, 'g'>,
  test: Dataset,
  output: ModelOutput,
  { choice, options }: { choice: LossChoice; options: ResolvedOptions },
): BoundTest {
  const found = chooseLoss(g, test, output, { ...options, loss: choice.loss });
  const { target, chance, positions } = found;
  const form = ({ classAxis, target: t }: LossChoice) => String([classAxis, t?.dtype, t?.shape.slice(1)]);
  if (form(found) !== form(choice)) {
    throw new UserError({
      what: 'The targets of the test data do not have the form of those of the training data.',
      where: [test.source],
      action: 'Save both in the same way, or name the array with --target KEY.',
    });
  }
  return { choice: { ...choice, target, chance, positions }, data: { ...test, target } };
}
