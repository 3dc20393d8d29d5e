import type { DepthFigures, InsideFigures } from '../objective/objective';
import type { GeometricRate } from './geometricRate';
import { geometricRate } from './geometricRate';

/** The gradient by depth of the network, and how it changes from layer to layer towards the input. */
export interface DepthProfile {
  /** In the order of depth; one for each depth if the network has a trunk. */
  layers: readonly (DepthFigures & { gain: number | null })[];
  /** The fit to the sizes at different depths; null with fewer than three. */
  fit: DepthFit | null;
  /** Layers at which the gradient is exactly zero. */
  zero: readonly string[];
}

export interface DepthFit {
  /** Number of depths in the fit. */
  layers: number;
  /** Factor of ‖∂L/∂h‖ per layer towards the input. */
  gain: GeometricRate;
  /** The same of the relative gradient, which does not change when a unit is scaled against its outgoing weights. */
  relative: GeometricRate;
  /** Factor of the relative gradient over the whole depth: the first layer over the last. */
  factor: number;
}

/**
 * Computes the gains between neighbouring depths, and fits a geometric course to them. Layers with a zero gradient stay
 * out of the fit. Where several values share a depth, the fit takes the root of their sum of squares.
 */
export function depthProfile({ depths, trunk }: Pick<InsideFigures, 'depths' | 'trunk'>): DepthProfile {
  const layers = depths.map((figures, i) => {
    const after = depths.at(i + 1);
    const comparable = trunk && after !== undefined && after.gradientNorm > 0;
    return { ...figures, gain: comparable ? figures.gradientNorm / after.gradientNorm : null };
  });
  const isZero = ({ gradientNorm }: DepthFigures) => gradientNorm === 0;
  const isUsable = ({ relativeGradient: size }: DepthFigures) => size > 0 && Number.isFinite(size);
  return { layers, fit: fitted(depths.filter(isUsable)), zero: depths.filter(isZero).map(({ layer }) => layer) };
}

function fitted(depths: readonly DepthFigures[]): DepthFit | null {
  const sums = new Map<number, { gradient: number; relative: number }>();
  for (const { depth, gradientNorm, relativeGradient } of depths) {
    const { gradient, relative } = sums.get(depth) ?? { gradient: 0, relative: 0 };
    sums.set(depth, { gradient: gradient + gradientNorm ** 2, relative: relative + relativeGradient ** 2 });
  }
  const found = [...sums].sort(([a], [b]) => a - b);
  // Towards the input: the depth is counted backwards.
  const places = found.map(([depth]) => -depth).reverse();
  const sizes = (of: 'gradient' | 'relative') => found.map(([, sum]) => Math.sqrt(sum[of])).reverse();
  const relatives = sizes('relative');
  const gain = geometricRate(places, sizes('gradient'));
  const relative = geometricRate(places, relatives);
  if (!gain || !relative) return null;
  return { layers: found.length, gain, relative, factor: relatives[relatives.length - 1] / relatives[0] };
}
