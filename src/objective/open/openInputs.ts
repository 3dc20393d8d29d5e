import { isOption } from '../../data/match';
import { courseSentence, coursesOf } from '../../model/courses';
import { inputSpecs } from './loadData';
import type { PreparedModel } from '../../model/prepared';

/** What values of inputs are open, and what they decide. */
export function openInputs({ source }: PreparedModel): string[] {
  const options = inputSpecs(source).filter((spec) => isOption(spec) && !spec.zeroByDefault);
  const named = options.map(
    ({ name, dtype }) =>
      `The input «${name}» (${dtype}) has one value for all samples: give it as --input ${name}=${dtype === 'bool' ? 'false' : 'VALUE'}, or in the data.`,
  );
  return [...named, ...coursesOf(source).map((course) => courseSentence(course, {}))];
}
