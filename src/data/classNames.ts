import { UserError } from '../errors';
import type { Tensor } from '../graph/tensor';
import { formatExactCount } from '../text/counts';
import { isMissing } from './missing';

/** A column or an array of words. */
export interface Words {
  /** Name of the column or array, for messages. */
  key: string;
  /** Words of the samples that are read. */
  values: readonly string[];
  shape: readonly number[];
  /** All words in the file, if only some of its samples are read. */
  all?: Iterable<string>;
  where: string;
}

/** Targets that were words, with a sentence that explains how they are read. */
export interface NamedTargets {
  target: Tensor;
  /** Class names in the order of their indices; null if the words are numbers. */
  classes: readonly string[] | null;
  note: string;
}

/** Matches a number as a text file may spell it. */
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

/**
 * Turns words into targets: each class name becomes its index in alphabetical order, as in scikit-learn's LabelEncoder.
 * The numbering covers all names in the file, including those of samples that are not read, so that a class has the
 * same index whichever part of the file is read. Numbers that were saved as text are read as numbers, because 10 comes
 * before 2 in alphabetical order.
 * @throws UserError naming the first row without a word
 */
export function namedTargets({ key, values, shape, all = values, where }: Words): NamedTargets {
  const gap = values.findIndex(isMissing);
  if (gap >= 0) throw missingName(key, values, gap, where);
  const names = new Set<string>();
  for (const name of all) if (!isMissing(name)) names.add(name);
  if ([...names].every((name) => NUMBER.test(name.trim()))) {
    const target: Tensor = { dtype: 'float64', shape, data: Float64Array.from(values, Number) };
    return { target, classes: null, note: `«${key}» holds numbers that were saved as text; they are read as numbers.` };
  }
  const classes = [...names].sort();
  const index = new Map(classes.map((name, i) => [name, BigInt(i)]));
  const data = BigInt64Array.from(values, (name) => index.get(name) ?? -1n);
  return { target: { dtype: 'int64', shape, data }, classes, note: numbering(key, classes) };
}

function numbering(key: string, classes: readonly string[]): string {
  const shown = classes.slice(0, 6).map((name, i) => `${name} = ${i}`);
  const more = classes.length > 6 ? ', …' : '';
  return `The ${formatExactCount(classes.length)} class names of «${key}» are numbered alphabetically: ${shown.join(', ')}${more}.`;
}

function missingName(key: string, values: readonly string[], row: number, where: string): UserError {
  const cell = values[row] === '' ? '' : ` («${values[row]}»)`;
  const more = values.filter(isMissing).length - 1;
  return new UserError({
    what: `A value is missing: the class name${cell}${more > 0 ? `, and ${formatExactCount(more)} more` : ''}.`,
    where: [`${where}, row ${row + 1}, column «${key}»`],
    action: 'Fill in the class or drop such rows. If a class really has this name, rename it.',
  });
}
