import { about, object, text } from '../schema';
import type { Infer } from '../schema';
import { level } from './diagnostics';

export const headline = object({
  state: about('Where the training stands, in a plain sentence.', text),
  next: about('What to do next, in a plain sentence.', text),
  level,
});
/** The whole report in two plain sentences. */
export type Headline = Infer<typeof headline>;
