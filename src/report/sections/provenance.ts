import type { AnalysisOptions } from '../../options/options';
import { about, number, object, opaque, optional, text } from '../schema';
import type { Infer } from '../schema';

export const provenance = object({
  version: text,
  seed: number,
  options: about('The options as the person gave them.', opaque<AnalysisOptions>()),
  data: about('SHA-256 of the data as read.', text),
  started: about('ISO 8601.', text),
  machine: text,
  threads: optional(text, 'How many threads were taken and what they were chosen by, where that was searched for.'),
});
export type Provenance = Infer<typeof provenance>;
