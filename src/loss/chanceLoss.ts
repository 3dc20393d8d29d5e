import type { LossName } from '../options/options';
import type { Tensor } from '../graph/tensor';
import { isFloat, sizeOf } from '../graph/tensor';

/** The result of the best answer that ignores the input, on these targets. */
export interface Chance {
  loss: number;
  /** Accuracy of the best such answer; null if the targets are not classes. */
  accuracy: number | null;
}

export interface ChanceRequest {
  loss: LossName;
  /** As the loss reads it: int64 classes [N, …], distributions [N, …, C], or values [N, …]. */
  target: Tensor;
  /** Number of classes; null if the targets are values. */
  classes: number | null;
  /** Class that marks positions without a target. */
  ignored?: number;
  /** Weight of each sample, [N], by default the same for all. */
  weights?: ArrayLike<number>;
}

/**
 * Loss of the best answer that ignores the input: minᵤ Σₙ wₙ·ℓ(u, tₙ)/Σₙ wₙ over constants u, one for each output value.
 *   classes         entropy of their frequencies, −Σ f·log f; of distributions, the entropy of their mean
 *   binary          −f·log f − (1 − f)·log(1 − f) of each output, f the mean of its targets
 *   mse, mae, huber the smallest mean loss of each output: its variance, the mean distance to its median, …
 * Losses of several outputs are averaged, as the loss itself does. Classes of several positions (tokens, pixels) have a
 * distribution for each position only if there are enough samples to distinguish them by Akaike's criterion, and one for
 * all otherwise, because the frequencies of a few samples at each position would be memorized.
 * Cost: a few passes over the targets; mae sorts them.
 * @returns null for losses without targets
 * @see Akaike 1974, doi:10.1109/TAC.1974.1100705
 */
export function chanceOf(request: ChanceRequest): Chance | null {
  const { loss, target, classes } = request;
  if (loss === 'output' || sizeOf(target.shape) === 0) return null;
  if (classes !== null) return isFloat(target.dtype) ? ofDistributions(request, classes) : ofClasses(request);
  const smallest = VALUES[loss];
  return smallest ? ofValues(request, smallest) : null;
}

type Weigh = (sample: number) => number;

function weighing({ weights }: ChanceRequest): Weigh {
  return weights ? (sample) => weights[sample] : () => 1;
}

/** Weight of each class at one position. */
type Frequencies = Map<number, number>;

function ofClasses(request: ChanceRequest): Chance | null {
  const { target, ignored } = request;
  const [samples, ...rest] = target.shape;
  const size = sizeOf(rest);
  const weight = weighing(request);
  let counted = 0;
  for (let i = 0; i < samples * size; i++) if (Number(target.data[i]) !== ignored) counted++;
  const count = (groupOf: (position: number) => Frequencies) => {
    for (let i = 0; i < samples * size; i++) {
      const label = Number(target.data[i]);
      if (label !== ignored) add(groupOf(i % size), label, weight(Math.floor(i / size)));
    }
  };
  return bestOf(count, size, counted);
}

function add(frequencies: Frequencies, label: number, weight: number): void {
  frequencies.set(label, (frequencies.get(label) ?? 0) + weight);
}

/**
 * One distribution for all positions or one for each, whichever has the smaller −log likelihood + number of parameters.
 * @param count adds the weight of each target to the frequencies of its position
 * @param counted targets
 */
function bestOf(
  count: (groupOf: (position: number) => Frequencies) => void,
  positions: number,
  counted: number,
): Chance | null {
  const pooled: Frequencies = new Map();
  count(() => pooled);
  const total = totalOf(pooled);
  if (!(total > 0)) return null;
  const together = { loss: uncertainty(pooled) / total, accuracy: largest(pooled) / total };
  const cost = ((positions - 1) * (pooled.size - 1)) / counted;
  // So many parameters cannot pay off, however well they fit, so a vocabulary is not counted at each position.
  if (positions < 2 || cost >= together.loss) return together;
  const groups = Array.from({ length: positions }, (): Frequencies => new Map());
  count((position) => groups[position]);
  const mean = (of: (group: Frequencies) => number) => groups.reduce((sum, group) => sum + of(group), 0) / total;
  const apart = { loss: mean(uncertainty), accuracy: mean(largest) };
  return apart.loss + cost < together.loss ? apart : together;
}

const totalOf = (frequencies: Frequencies): number => [...frequencies.values()].reduce((sum, share) => sum + share, 0);
const largest = (frequencies: Frequencies): number => [...frequencies.values()].reduce((max, w) => Math.max(max, w), 0);

/** −Σ w·log(w/Σw): the entropy times the weight of all. */
function uncertainty(frequencies: Frequencies): number {
  const total = totalOf(frequencies);
  let sum = 0;
  for (const share of frequencies.values()) if (share > 0) sum -= share * Math.log(share / total);
  return sum;
}

function ofDistributions(request: ChanceRequest, classes: number): Chance | null {
  const { data, shape } = request.target;
  const rows = data.length / classes;
  const size = rows / shape[0];
  const weight = weighing(request);
  const countShares = (groupOf: (position: number) => Frequencies) => {
    for (let row = 0; row < rows; row++) {
      const group = groupOf(row % size);
      const w = weight(Math.floor(row / size));
      for (let c = 0; c < classes; c++) {
        const share = Number(data[row * classes + c]);
        if (share > 0) add(group, c, w * share);
      }
    }
  };
  const countAnswers = (groupOf: (position: number) => Frequencies) => {
    for (let row = 0; row < rows; row++) {
      let best = 0;
      for (let c = 1; c < classes; c++) if (data[row * classes + c] > data[row * classes + best]) best = c;
      add(groupOf(row % size), best, weight(Math.floor(row / size)));
    }
  };
  const shares = bestOf(countShares, size, rows);
  const answers = bestOf(countAnswers, size, rows);
  return shares && { loss: shares.loss, accuracy: answers?.accuracy ?? null };
}

/** Smallest mean loss of a constant answer to the values of one output, with their weights. */
type Smallest = (values: Float64Array, weights: Float64Array) => number;

const VALUES: Partial<Record<LossName, Smallest>> = {
  bce: (values, weights) => binaryEntropy(mean(values, weights)),
  bce_with_logits: (values, weights) => binaryEntropy(mean(values, weights)),
  mse(values, weights) {
    const centre = mean(values, weights);
    return meanOf(values, weights, (v) => (v - centre) ** 2);
  },
  mae(values, weights) {
    const centre = median(values, weights);
    return meanOf(values, weights, (v) => Math.abs(v - centre));
  },
  huber(values, weights) {
    const centre = huberCentre(values, weights);
    return meanOf(values, weights, (v) => huber(v - centre));
  },
};

function ofValues(request: ChanceRequest, smallest: Smallest): Chance | null {
  const { target, loss } = request;
  const samples = target.shape[0];
  const size = target.data.length / samples;
  const weights = Float64Array.from({ length: samples }, (_, n) => weighing(request)(n));
  const binary = loss === 'bce' || loss === 'bce_with_logits';
  const values = new Float64Array(samples);
  let [sum, right] = [0, 0];
  for (let output = 0; output < size; output++) {
    for (let n = 0; n < samples; n++) values[n] = Number(target.data[n * size + output]);
    sum += smallest(values, weights);
    if (!binary) continue;
    const yes = meanOf(values, weights, (v) => Number(v > 0.5));
    right += Math.max(yes, 1 - yes);
  }
  return { loss: sum / size, accuracy: binary ? right / size : null };
}

function meanOf(values: Float64Array, weights: Float64Array, of: (value: number) => number): number {
  let [sum, total] = [0, 0];
  for (let n = 0; n < values.length; n++) {
    sum += weights[n] * of(values[n]);
    total += weights[n];
  }
  return sum / total;
}

const mean = (values: Float64Array, weights: Float64Array) => meanOf(values, weights, (v) => v);

function binaryEntropy(yes: number): number {
  return yes <= 0 || yes >= 1 ? 0 : -yes * Math.log(yes) - (1 - yes) * Math.log(1 - yes);
}

/** The first value at which half of the weight is reached. */
function median(values: Float64Array, weights: Float64Array): number {
  const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const half = weights.reduce((sum, w) => sum + w, 0) / 2;
  let reached = 0;
  for (const n of order) {
    reached += weights[n];
    if (reached >= half) return values[n];
  }
  return values[order[order.length - 1]];
}

/** ½d² for |d| < 1, |d| − ½ beyond. */
const huber = (d: number) => (Math.abs(d) < 1 ? d ** 2 / 2 : Math.abs(d) - 0.5);

/** Steps of Newton's method until the interval is used up; a handful is enough. */
const MOST_STEPS = 100;

/**
 * Where Σ w·clip(v − c, −1, 1) = 0. The sum falls with c and is piecewise linear, so Newton's method ends on the exact
 * piece; a step that leaves the interval known so far is replaced by its middle.
 */
function huberCentre(values: Float64Array, weights: Float64Array): number {
  let low = values.reduce((a, b) => Math.min(a, b));
  let high = values.reduce((a, b) => Math.max(a, b));
  let centre = mean(values, weights);
  for (let step = 0; step < MOST_STEPS && low < high; step++) {
    let [pull, slope] = [0, 0];
    for (let n = 0; n < values.length; n++) {
      const d = values[n] - centre;
      pull += weights[n] * Math.max(-1, Math.min(1, d));
      if (Math.abs(d) < 1) slope += weights[n];
    }
    if (pull === 0) break;
    if (pull > 0) low = centre;
    else high = centre;
    const newton = slope > 0 ? centre + pull / slope : NaN;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (next === centre) break;
    centre = next;
  }
  return centre;
}
