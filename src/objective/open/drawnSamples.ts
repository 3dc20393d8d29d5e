import type { Dataset } from '../../data/dataset';
import { keptRows } from '../../data/sampleWeights';
import { random } from '../../numerics/random';
import type { ResolvedOptions } from '../../options/presets';
import { formatExactCount } from '../../text/counts';

/**
 * Draws samples at random, without replacement and in the order of the data, where the options ask for fewer than there
 * are. The first samples of a file may belong to one class; a random draw stands for all of them. A larger draw of the
 * same seed contains each smaller one.
 */
export function drawnSamples(data: Dataset, { draw, seed }: Pick<ResolvedOptions, 'draw' | 'seed'>): Dataset {
  const { samples, generated, weights } = data;
  if (draw === null || draw >= samples || generated) return data;
  const chosen = chosenRows(samples, draw, seed);
  const inputs = Object.entries(data.inputs).map(([name, tensor]) => [name, keptRows(tensor, chosen)] as const);
  return {
    ...data,
    inputs: Object.fromEntries(inputs),
    target: data.target && keptRows(data.target, chosen),
    samples: draw,
    drawnFrom: samples,
    ...(weights && { weights: weights.filter((_, sample) => chosen[sample] > 0) }),
    notes: [
      ...data.notes,
      `${formatExactCount(draw)} of the ${formatExactCount(samples)} samples are drawn at random (seed ${seed}).`,
    ],
  };
}

/** Marks the chosen samples with 1. Fisher and Yates: the first `draw` places of a shuffled list. */
function chosenRows(samples: number, draw: number, seed: number): Float64Array {
  const source = random(seed, 'draw of samples');
  const order = Uint32Array.from({ length: samples }, (_, i) => i);
  const chosen = new Float64Array(samples);
  for (let i = 0; i < draw; i++) {
    const other = i + Math.floor(source.uniform() * (samples - i));
    [order[i], order[other]] = [order[other], order[i]];
    chosen[order[i]] = 1;
  }
  return chosen;
}
