import type { Dataset } from '../../data/dataset';
import type { WeightRole } from '../../model/layers/weights';

/** The values of an input whose features a dense layer reads as they are. */
export interface FeatureValues {
  input: string;
  /** [samples, count] */
  values: Float32Array | Float64Array;
  count: number;
}

/** The floating inputs [samples, features] that dense weights read directly. */
export function featuresOf(weights: readonly WeightRole[], { inputs }: Dataset): FeatureValues[] {
  const read = new Set(weights.flatMap(({ reads }) => reads ?? []));
  return [...read].flatMap((input) => {
    const { shape, data } = inputs[input] ?? {};
    const isFloating = data instanceof Float32Array || data instanceof Float64Array;
    return isFloating && shape?.length === 2 ? [{ input, values: data, count: shape[1] }] : [];
  });
}
