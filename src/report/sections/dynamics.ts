import { list, object, optional } from '../schema';
import type { Infer } from '../schema';
import { cliff } from './dynamics/cliff';
import { depth, depthFit } from './dynamics/depth';
import { time, timeFits } from './dynamics/time';
import { units } from './dynamics/units';
import { descent } from './dynamics/descent';
import { elsewhere } from './dynamics/elsewhere';
import { escape } from './dynamics/escape';
import { nonConvexity } from './dynamics/nonConvexity';
import { headroom, numerics } from './dynamics/numerics';
import { noise } from './dynamics/noise';
import { stability } from './dynamics/stability';
import { surrogate } from './dynamics/surrogate';
import { features } from './dynamics/features';
import { rescaling } from './dynamics/rescaling';
import { symmetry } from './dynamics/symmetry';
import { weights } from './dynamics/weights';
import { testData } from './dynamics/testData';

export const dynamics = object({
  noise: optional(noise, 'The spread of the gradients of single samples.'),
  escape: optional(list(escape), 'Attempts to leave these weights.'),
  depth: optional(depth, 'Signal and gradient by depth, from the input to the output.'),
  depthFit: optional(depthFit, 'How the gradient changes with depth.'),
  time: optional(time, 'The gradient by the states of recurrent layers and loops, step by step.'),
  timeFits: optional(timeFits, 'How the gradient changes over time, for each recurrent layer or loop.'),
  units: optional(units, 'Activations with dead units and saturated elements.'),
  descent: optional(descent, 'A line search along −g.'),
  stability: optional(stability, 'The learning rate of the training against the curvature.'),
  test: optional(testData, 'Loss and gradient on data that the model was not trained on.'),
  surrogate: optional(surrogate, 'Losses, answers and confidence of single samples.'),
  features: optional(features, 'Scales of the features that a layer reads as they are.'),
  symmetry: optional(symmetry, 'Units that may be exchanged, and copies among them.'),
  rescaling: optional(rescaling, 'Layers that can take a factor from one another.'),
  weights: optional(weights, 'What every parameter does, and its scale.'),
  cliff: optional(cliff, 'Losses and slopes far from θ, and where the slopes grow most abruptly.'),
  elsewhere: optional(elsewhere, 'The lowest losses found away from θ, and whether the way to them climbs.'),
  nonConvexity: optional(nonConvexity, 'Evidence against convexity.'),
  numerics: optional(numerics, "Nodes of the user's own graph with NaN, ∞, overflow or underflow, in its order."),
  headroom: optional(headroom, "What ran of the user's own graph, and how far it is from overflow."),
});
/** What was measured for training: noise, descent, escape, gains by depth and time. Each entry is measured on its own. */
export type Dynamics = Infer<typeof dynamics>;
