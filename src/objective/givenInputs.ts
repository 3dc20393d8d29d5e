import { isOption } from '../data/match';
import { writtenValue } from '../data/shared';
import { valueOf } from '../data/wish';
import { courseSentence, coursesOf } from '../graph/courses';
import type { Tensor } from '../graph/tensor';
import type { InputWish } from '../options/options';
import { inputSpecs } from './loadData';
import type { PreparedModel } from './model';

/** The values that a person wrote out for inputs, without any data; keys of data are passed over. */
export function writtenInputs({ source }: PreparedModel, wishes: Readonly<Record<string, InputWish>>, path: string) {
  const shared = Object.create(null) as Record<string, Tensor>;
  for (const spec of inputSpecs(source)) {
    const wish = Object.hasOwn(wishes, spec.name) ? wishes[spec.name] : undefined;
    const value = wish === undefined ? null : valueOf(wish);
    const given = value && writtenValue(value, spec, 1, { path, notes: [] });
    if (given && 'shared' in given) shared[spec.name] = given.shared;
  }
  return shared;
}

/** What values of inputs are open, and what they decide. */
export function openInputs({ source }: PreparedModel): string[] {
  const options = inputSpecs(source).filter((spec) => isOption(spec) && !spec.zeroByDefault);
  const named = options.map(
    ({ name, dtype }) =>
      `The input «${name}» (${dtype}) has one value for all samples: give it as --input ${name}=${dtype === 'bool' ? 'false' : 'VALUE'}, or in the data.`,
  );
  return [...named, ...coursesOf(source).map((course) => courseSentence(course, {}))];
}
