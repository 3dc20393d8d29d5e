import { UserError } from '../errors';
import type { Tensor } from '../graph/tensor';
import { written } from '../graph/tensor';
import type { Dataset } from './dataset';
import { formatShape } from './dataset';

/**
 * Makes test data fit a model that was prepared for the training data: the samples have the same shapes, values for all
 * samples are the same, and class names have the numbers that they have in the training data.
 * @throws UserError naming what differs
 */
export function heldOut(test: Dataset, training: Dataset): Dataset {
  for (const [name, { shape }] of Object.entries(training.inputs)) {
    const other = Object.hasOwn(test.inputs, name) ? test.inputs[name].shape : null;
    if (other && String(other.slice(1)) === String(shape.slice(1))) continue;
    const found = other ? `samples of shape ${formatShape(other.slice(1))}` : 'no samples';
    throw new UserError({
      what: `The test data have ${found} for «${name}»; the training data have ${formatShape(shape.slice(1))}.`,
      where: [test.source, training.source],
      action: 'Save both in the same shape: the model is prepared for that of the training data.',
    });
  }
  for (const [name, value] of Object.entries(training.shared ?? {})) {
    const other = test.shared?.[name];
    if (other && written(other) === written(value)) continue;
    throw new UserError({
      what: `«${name}» has one value for all samples of the training data, ${written(value)}, but not the same for the test data.`,
      where: [test.source, training.source],
      action: `Give one value for both with --input ${name}=VALUE.`,
    });
  }
  return { ...test, target: test.target && sameClasses(test, training, test.target) };
}

/** Gives each class the number that its name has in the training data. */
function sameClasses(test: Dataset, { classNames, source }: Dataset, target: Tensor): Tensor {
  if (!classNames && !test.classNames) return target;
  if (!classNames || !test.classNames) {
    const named = (isNamed: boolean) => (isNamed ? 'names' : 'numbers');
    throw new UserError({
      what: `The targets are ${named(test.classNames !== undefined)} in the test data, but ${named(classNames !== undefined)} in the training data.`,
      where: [test.source, source],
      action: 'Save the targets of both in the same way.',
    });
  }
  const numbers = test.classNames.map((name) => classNames.indexOf(name));
  const unknown = test.classNames.filter((_, i) => numbers[i] < 0);
  if (unknown.length > 0) {
    throw new UserError({
      what: `The training data have no class ${unknown.map((name) => `«${name}»`).join(', ')}.`,
      where: [test.source, source],
      action: 'Leave samples of these classes out of the test data, or correct their names.',
    });
  }
  const data = BigInt64Array.from(target.data as BigInt64Array, (index) => BigInt(numbers[Number(index)]));
  return { dtype: 'int64', shape: target.shape, data };
}
