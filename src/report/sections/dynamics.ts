import { object, optional } from '../schema';
import type { Infer } from '../schema';
import { descent } from './dynamics/descent';

export const dynamics = object({
  descent: optional(descent, 'A line search along −g.'),
});
/** What was measured for training: noise, descent, escape, gains by depth and time. Each entry is measured on its own. */
export type Dynamics = Infer<typeof dynamics>;
