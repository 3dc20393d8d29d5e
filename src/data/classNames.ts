import { UserError } from '../errors';
import type { Tensor } from '../graph/tensor';
import { isMissing } from './missing';

/** A column or an array of words. */
export interface Words {
  /** Of the column or array, for messages. */
  key: string;
  /** Of the samples that are read. */
  values: readonly string[];
  shape: readonly number[];
  /** All that the file holds, where not all of it is read. */
  all?: Iterable<string>;
  where: string;
}

/** Targets that were words, with the sentence that tells how they are read. */
export interface NamedTargets {
  target: Tensor;
  /** In the order of their numbers; null where the words are numbers. */
  classes: readonly string[] | null;
  note: string;
}

/** A number as a file of text may hold it. */
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

/**
 * Words as targets: class names become their places in alphabetical order, as scikit-learn's LabelEncoder numbers them.
 * All names of the file count, those of samples that are not read too, so that a class has one number whatever part of
 * the file is read. Numbers that were saved as text are read as numbers: in alphabetical order 10 would come before 2.
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
  return `The ${classes.length} class names of «${key}» are numbered alphabetically: ${shown.join(', ')}${more}.`;
}

function missingName(key: string, values: readonly string[], row: number, where: string): UserError {
  const cell = values[row] === '' ? '' : ` («${values[row]}»)`;
  const more = values.filter(isMissing).length - 1;
  return new UserError({
    what: `A value is missing: the class name${cell}${more > 0 ? `, and ${more} more` : ''}.`,
    where: [`${where}, row ${row + 1}, column «${key}»`],
    action: 'Fill in the class or drop such rows. If a class really has this name, rename it.',
  });
}
