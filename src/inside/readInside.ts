import type { ActivationFigures, DepthFigures, InsideFigures, SequenceFigures } from './insideFigures';
import type { Slot, SquareSlots } from './figures';
import type { ActivationSlots, DepthSlots, InsideGraph, SequenceSlots } from './insideGraph';

type Vector = Float32Array;

/** Figures of one batch, and the factor that turns its sums over samples into those of the whole. */
const numbersAt = (vector: Vector, { start, count }: Slot) => vector.subarray(start, start + count);
const numberAt = (vector: Vector, { start }: Slot) => vector[start];

/**
 * Adds the figures of all batches up, in float64.
 * @param scale factor that turns sums over the batches into means
 */
export function readInside(
  graph: Omit<InsideGraph, 'figures'>,
  batches: readonly Vector[],
  scale: number,
): InsideFigures {
  const weights = batches.map((batch) => numberAt(batch, graph.weightSum));
  return {
    trunk: graph.trunk,
    depths: graph.depths.map((slots) => depthFigures(slots, batches, { weights, scale })),
    activations: joined(graph.activations).map((group) => activationFigures(group, batches)),
    sequences: graph.sequences.map((slots) => sequenceFigures(slots, batches, scale)),
  };
}

function depthFigures(
  slots: DepthSlots,
  batches: readonly Vector[],
  { weights, scale }: { weights: readonly number[]; scale: number },
): DepthFigures {
  const { layer, parameters, depth, units } = slots;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const means = new Float64Array(units);
  const squares = new Float64Array(units);
  const gradients = new Float64Array(units);
  for (const batch of batches) {
    const size = numberAt(batch, slots.size);
    const gradientSize = numberAt(batch, slots.gradientSize);
    const bars = numbersAt(batch, slots.gradientSquares);
    numbersAt(batch, slots.sum).forEach((sum, j) => (means[j] += (size * sum) / total));
    bars.forEach((sum, j) => (gradients[j] += (scale * gradientSize) ** 2 * sum));
  }
  // Var = Σ_b (squared deviations from the batch's mean + its weight · (its mean − the mean)²), so that a small variance
  // around a large mean survives.
  let variance = 0;
  for (const [b, batch] of batches.entries()) {
    if (weights[b] === 0) continue;
    const size = numberAt(batch, slots.size);
    const sums = numbersAt(batch, slots.sum);
    numbersAt(batch, slots.deviations).forEach((own, j) => {
      const apart = (size * sums[j]) / weights[b] - means[j];
      squares[j] += (size ** 2 * own + weights[b] * apart ** 2) / total;
    });
  }
  let [meanSquare, gradientSquare, relative] = [0, 0, 0];
  for (let j = 0; j < units; j++) {
    const square = squares[j] + means[j] ** 2;
    variance += squares[j] / units;
    meanSquare += square / units;
    gradientSquare += gradients[j];
    relative += square * gradients[j];
  }
  return {
    layer,
    parameters: [...parameters],
    depth,
    units,
    meanSquare,
    variance,
    gradientNorm: Math.sqrt(gradientSquare),
    relativeGradient: Math.sqrt(relative),
  };
}

/** Activations of one node, of all its steps. */
function joined(activations: readonly ActivationSlots[]): ActivationSlots[][] {
  const groups = new Map<string, ActivationSlots[]>();
  for (const slots of activations) {
    const key = `${slots.layer} ${slots.operator} ${slots.kind} ${slots.peak?.count ?? 0}`;
    const known = groups.get(key);
    if (known) known.push(slots);
    else groups.set(key, [slots]);
  }
  return [...groups.values()];
}

function activationFigures(group: readonly ActivationSlots[], batches: readonly Vector[]): ActivationFigures {
  const [{ layer, kind, operator, low = 0 }] = group;
  const parameters = [...new Set(group.flatMap((slots) => slots.parameters))];
  let [flat, all] = [0, 0];
  for (const slots of group) {
    for (const batch of batches) {
      flat += numberAt(batch, slots.flat);
      all += numberAt(batch, slots.all);
    }
  }
  const peaks = group.flatMap(({ peak }) => (peak ? batches.map((batch) => numbersAt(batch, peak)) : []));
  const units = peaks.length > 0 ? peaks[0].length : null;
  const share = all > 0 ? flat / all : 0;
  if (units === null) return { layer, parameters, kind, operator, units, dead: null, flat: share };
  const largest = Array.from({ length: units }, (_, j) => Math.max(...peaks.map((peak) => peak[j])));
  const dead = largest.filter((peak) => peak <= low).length;
  return { layer, parameters, kind, operator, units, dead, largest, flat: share };
}

function sequenceFigures(slots: SequenceSlots, batches: readonly Vector[], scale: number): SequenceFigures {
  const squared = (parts: readonly SquareSlots[]) =>
    batches.reduce(
      (sum, batch) =>
        parts.reduce(
          (own, { largest, squares }) => own + numberAt(batch, largest) ** 2 * numberAt(batch, squares),
          sum,
        ),
      0,
    );
  const { layer, steps, own, carried, weight } = slots;
  return {
    layer,
    steps,
    norms: own.map((parts) => parts && scale * Math.sqrt(squared(parts))),
    carried:
      carried && chained(carried.map(({ here, ofNext }) => ({ here: squared(here), next: ofNext && squared(ofNext) }))),
    matrix: weight && { size: weight.size, values: Float32Array.from(numbersAt(batches[0], weight.slot)) },
  };
}

/** Sizes relative to the last step. Where sequences end early, each gain is that of the samples in the later step. */
function chained(steps: readonly { here: number; next: number | null }[]): number[] {
  const sizes = new Array<number>(steps.length);
  sizes[steps.length - 1] = 1;
  for (let t = steps.length - 2; t >= 0; t--) {
    const gain = Math.sqrt((steps[t].next ?? steps[t].here) / steps[t + 1].here);
    sizes[t] = sizes[t + 1] * gain;
  }
  return sizes;
}
