import { about, named, number, object, optional } from '../schema';
import type { Infer } from '../schema';

/** The fields of an estimate, for sections that add to them. */
export const estimateFields = {
  value: number,
  // Earlier versions wrote NaN where it is not known.
  standardError: optional(
    number,
    '0 where the figure is exact. Left out where it is not known: one probe does not tell how far another lies.',
  ),
};

export const estimate = named(
  'estimate',
  about('The mean over random probes, or a function of it, with its standard error.', object(estimateFields)),
);
/** The mean over random probes, or a function of it, with its standard error. */
export type Estimate = Infer<typeof estimate>;
