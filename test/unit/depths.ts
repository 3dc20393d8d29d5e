import { depthProfile } from '../../src/dynamics/depthProfile';
import type { ActivationEntry } from '../../src/report/sections/dynamics/units';
import type { Measurements } from '../../src/diagnostics/measurements';

/**
 * The gradient by depth with these relative gradients, input first.
 * @param scales how much larger the activations of each layer are than 1
 */
export function depths(
  relative: readonly number[],
  { scales = relative.map(() => 1) }: { scales?: readonly number[] } = {},
): Measurements['depth'] {
  const figures = relative.map((relativeGradient, i) => ({
    layer: `layer${i}`,
    depth: i + 1,
    units: 16,
    meanSquare: (1 / scales[i]) ** 2,
    variance: (1 / scales[i]) ** 2,
    gradientNorm: relativeGradient * scales[i],
    relativeGradient,
  }));
  const { layers, fit, zero } = depthProfile({ depths: figures, trunk: true });
  return {
    trunk: true,
    ...(fit ? { fit } : {}),
    zero: [...zero],
    layers: layers.map(({ gain, ...layer }) => ({ ...layer, ...(gain === null ? {} : { gain }) })),
  };
}

/** An activation of a layer. */
export function activation(operator: string, rest: Partial<ActivationEntry> = {}): ActivationEntry {
  const kind = operator === 'ReLU' ? 'rectifier' : operator === 'attention' ? 'attention' : 'bounded';
  return { layer: 'layer', operator, kind, ...rest };
}
