import { about, flag, list, number, object, optional, text } from '../../schema';
import type { Infer } from '../../schema';

/** A factor per layer or step. */
export const factor = object({ value: number, error: about('Standard error.', number) });

const layer = object({
  layer: about('Node of the model whose output is measured.', text),
  parameters: optional(list(text), 'Parameters between this entry and the ones before it.'),
  depth: about('Number of layers with weights from the data to it.', number),
  gain: optional(number, 'Factor of ‖∂L/∂h‖ from the next entry to this one, towards the input.'),
  gradientNorm: about('‖∂L/∂h‖ over all samples.', number),
  relativeGradient: about(
    '√(Σⱼ mean hⱼ²·‖∂L/∂hⱼ‖²) over the units j: scaling a unit against its outgoing weights keeps it.',
    number,
  ),
  meanSquare: about('Mean of h² over samples and elements.', number),
  variance: about('Variance of h over samples and positions, averaged over the units.', number),
  units: number,
});

export const depth = list(layer);
/** The signal and its gradient at one depth of the network. */
export type DepthEntry = Infer<typeof layer>;

export const depthFit = object({
  trunk: about('Whether the whole signal passes through each entry of `depth`; otherwise several share a depth.', flag),
  fit: optional(
    object({
      layers: about('Number of depths in the fit.', number),
      gain: about('Factor of ‖∂L/∂h‖ per layer towards the input.', factor),
      relative: about('Factor of the relative gradient per layer towards the input.', factor),
      factor: about('Relative gradient of the first layer over that of the last one.', number),
    }),
    'A geometric course through the depths with a gradient; left out where fewer than three have one.',
  ),
  zero: about('Layers at which the gradient is exactly zero.', list(text)),
});
/** How the gradient changes with depth. */
export type DepthTrend = Infer<typeof depthFit>;
