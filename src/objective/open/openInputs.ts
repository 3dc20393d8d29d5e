import { hasDefault } from '../../data/dataset';
import { isOption } from '../../data/match';
import { written } from '../../graph/tensor';
import { courseSentence, coursesOf } from '../../model/courses';
import { inputSpecs } from './inputSpecs';
import type { PreparedModel } from '../../model/prepared';

/** Says which inputs still need a value, and what these values decide. */
export function openInputs({ source }: PreparedModel): string[] {
  const options = inputSpecs(source).filter((spec) => isOption(spec) && !hasDefault(spec));

  const named = options.map(
    ({ name, dtype }) =>
      `The input «${name}» (${dtype}) has one value for all samples: give it as --input ${name}=${dtype === 'bool' ? 'false' : 'VALUE'}, or in the data.`,
  );
  return [...named, ...coursesOf(source).map((course) => courseSentence(course, {}))];
}

/** Says which inputs have a default value that the user can change. */
export function defaultInputs({ source }: PreparedModel): string[] {
  return source.inputs.flatMap(({ name, dtype, byDefault }) =>
    byDefault
      ? [
          `The input «${name}» (${dtype}) is ${written(byDefault)} by default: --input ${name}=VALUE or the data set it.`,
        ]
      : [],
  );
}
