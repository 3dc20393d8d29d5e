import { about, named, number, object } from '../schema';

export const withError = named(
  'withError',
  about(
    'A figure with its error: one standard error, or a bound where the field says so.',
    object({ value: number, error: number }),
  ),
);
