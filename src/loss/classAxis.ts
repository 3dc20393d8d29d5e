import type { LayerEnd } from './layerEnd';
import type { Prediction } from './prediction';

export interface ClassAxisClues {
  /** Shape of the output, [N, …]; null is a free dimension. */
  outputShape: readonly (number | null)[];
  prediction: Prediction;
  end: LayerEnd | null;
  /** Shape of the targets, [N, …]; null if there are none. */
  targetShape: readonly number[] | null;
  /** The requested axis of the output, not negative. */
  wanted: number | null;
}

export interface ClassAxisChoice {
  axis: number;
  /** Whether targets of this shape are class indices for it. */
  fits: boolean;
  /** Other axes that fit equally well, if only convention decides. */
  others: readonly number[];
  /** Why this axis: "where the last layer has its outputs". */
  reason: string;
}

/**
 * The axis of an output that holds the classes: the requested one; else the axis of the graph's own softmax; else the one
 * whose removal leaves the shape of the targets. If several fit, or there are no targets, it is the axis of the last layer's
 * outputs, and else the second, as in PyTorch.
 */
export function chooseClassAxis(clues: ClassAxisClues): ClassAxisChoice {
  const { outputShape, prediction, end, targetShape, wanted } = clues;
  const fits = (axis: number) => targetShape !== null && leaves(outputShape, axis, targetShape);
  const chosen = (axis: number, reason: string, others: readonly number[] = []) => ({
    axis,
    fits: fits(axis),
    others,
    reason,
  });
  if (wanted !== null) return chosen(wanted, 'as asked for');
  if (prediction.classAxis !== null) return chosen(prediction.classAxis, `which the ${prediction.form} is over`);
  const last = outputShape.length - 1;
  const axes = Array.from({ length: Math.max(last, 0) }, (_, i) => i + 1).filter(fits);
  // A single class is not a choice.
  const several = axes.filter((axis) => outputShape[axis] !== 1);
  const fitting = several.length > 0 ? several : axes;
  if (fitting.length === 1) return chosen(fitting[0], 'which leaves the shape of the targets');
  const candidates = fitting.length > 0 ? fitting : [...outputShape.keys()].slice(1);
  const others = (axis: number) => fitting.filter((other) => other !== axis);
  const features = end?.axis ?? null;
  if (features !== null && candidates.includes(features)) {
    return chosen(features, 'where the last layer has its outputs', others(features));
  }
  // Tokens, [N, L, C].
  const axis = candidates.includes(1) && !(fitting.length === 0 && last === 2) ? 1 : (candidates.at(-1) ?? 1);
  return chosen(axis, axis === 1 ? 'as in PyTorch' : 'the last', others(axis));
}

/** Whether class indices of this shape belong to classes on that axis, ignoring axes of length 1. */
function leaves(output: readonly (number | null)[], axis: number, target: readonly number[]): boolean {
  const positions = withoutOnes(target.slice(1));
  const rest = withoutOnes(output.filter((_, i) => i !== 0 && i !== axis));
  return positions.length === rest.length && positions.every((dim, i) => rest[i] === null || rest[i] === dim);
}

const withoutOnes = (shape: readonly (number | null)[]) => shape.filter((dim) => dim !== 1);
