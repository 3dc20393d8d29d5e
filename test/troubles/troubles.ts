import * as attention from './attention';
import * as classifications from './classifications';
import * as convolutions from './convolutions';
import * as recurrent from './recurrent';
import * as regressions from './regressions';
import type { Trouble } from './trouble';

/** Every model with a known trouble, by name. */
export const TROUBLES: Readonly<Record<string, () => Trouble>> = {
  ...convolutions,
  ...recurrent,
  ...attention,
  ...regressions,
  ...classifications,
};
