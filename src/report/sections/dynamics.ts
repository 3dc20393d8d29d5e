import { list, object, optional } from '../schema';
import type { Infer } from '../schema';
import { descent } from './dynamics/descent';
import { escape } from './dynamics/escape';
import { noise } from './dynamics/noise';
import { stability } from './dynamics/stability';
import { surrogate } from './dynamics/surrogate';

export const dynamics = object({
  noise: optional(noise, 'The spread of the gradients of single samples.'),
  escape: optional(list(escape), 'Attempts to leave these weights.'),
  descent: optional(descent, 'A line search along −g.'),
  stability: optional(stability, 'The learning rate of the training against the curvature.'),
  surrogate: optional(surrogate, 'Losses, answers and confidence of single samples.'),
});
/** What was measured for training: noise, descent, escape, gains by depth and time. Each entry is measured on its own. */
export type Dynamics = Infer<typeof dynamics>;
