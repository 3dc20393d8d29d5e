import type { Tensor } from '../graph/tensor';
import { formatExact } from '../text/numbers';

/** Explains why numbers are not class indices, and what the user can do. */
export interface ClassFault {
  what: string;
  action: string;
}

/**
 * Explains what is wrong with targets as indices of `classes` classes. Returns null if they are valid.
 * @param ignored value that marks positions without a target
 */
export function classFault(target: Tensor, classes: number, ignored?: number): ClassFault | null {
  const perSample = target.data.length / target.shape[0];
  let [min, max, firstBad, firstReal] = [Infinity, -Infinity, -1, -1];
  const beyond = new Set<number>();
  for (let i = 0; i < target.data.length; i++) {
    const value = Number(target.data[i]);
    if (value === ignored) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    if (!Number.isInteger(value) && firstReal < 0) firstReal = i;
    if (Number.isInteger(value) && value >= 0 && value < classes) continue;
    if (firstBad < 0) firstBad = i;
    if (beyond.size < 2) beyond.add(value);
  }
  if (firstBad < 0) return null;
  const sample = Math.floor(firstBad / perSample);
  const value = Number(target.data[firstBad]);
  const what = `The target of sample ${sample} is ${formatExact(value)}, but the model distinguishes ${classes} classes (0 to ${classes - 1}).`;
  if (firstReal >= 0) {
    return {
      what,
      action: 'These look like values, not classes: try --loss mse, or name other targets with --target KEY.',
    };
  }
  if (min === 1 && max === classes) {
    return { what, action: 'Classes are counted from 0: subtract 1 from the targets.' };
  }
  const [only] = beyond;
  if (min === -1 && max === 1 && classes === 2) {
    return { what, action: 'Write the two classes as 0 and 1 instead of −1 and 1.' };
  }
  if (beyond.size === 1 && (only < 0 || only > classes)) {
    return {
      what,
      action: `${formatExact(only)} is the only number that is not a class. If it marks samples without a target, add --ignore-index ${only}.`,
    };
  }
  if (min >= 0) {
    return {
      what,
      action: `The targets go up to ${formatExact(max)}, which implies ${max + 1} classes. Check that model and data belong together, or name other targets with --target KEY.`,
    };
  }
  return { what, action: 'Check that model and data belong together, or name other targets with --target KEY.' };
}
