import { setImmediate } from 'node:timers/promises';
import { prepareModel } from '../model/prepared';
import { readOutline } from '../onnx/outline/readOutline';
import type { TensorStatistics } from '../protocol/tensorStatistics';

/**
 * Describes the numbers of some weights. Reads one tensor at a time, so the memory is that of the largest.
 * @returns the figures, and the names of which the model has no tensor of its own, such as dequantized weights
 * @throws UserError if the model cannot be read
 */
export async function weightStatistics(
  model: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<{ tensors: TensorStatistics[]; missing: string[] }> {
  // The tensors keep what was read of them, so each call reads the model anew.
  const { source } = prepareModel(await readOutline(model), 'leave out');
  const tensors: TensorStatistics[] = [];
  const missing: string[] = [];
  for (const name of names) {
    // A cancellation arrives only while this process waits.
    await setImmediate();
    signal?.throwIfAborted();
    const tensor = source.initializers.get(name);
    if (tensor) tensors.push({ name, ...statisticsOf(tensor.data) });
    else missing.push(name);
  }
  return { tensors, missing };
}

/**
 * mean = Σ x / n and std = √(Σ (x − mean)² / n) over the finite numbers, in float64. The second pass subtracts the mean
 * first, so that no digits are lost where the mean is large.
 */
export function statisticsOf(data: ArrayLike<number | bigint>): Omit<TensorStatistics, 'name'> {
  let sum = 0;
  let finite = 0;
  let zeros = 0;
  let nan = 0;
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]);
    if (Number.isNaN(value)) nan++;
    if (!Number.isFinite(value)) continue;
    finite++;
    sum += value;
    if (value === 0) zeros++;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const infinite = data.length - finite - nan;
  if (finite === 0) return { mean: null, std: null, min: null, max: null, zeros, nan, infinite };
  const mean = sum / finite;
  let squares = 0;
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]);
    if (Number.isFinite(value)) squares += (value - mean) ** 2;
  }
  return { mean, std: Math.sqrt(squares / finite), min, max, zeros, nan, infinite };
}
