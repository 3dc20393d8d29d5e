import type { Value } from '../graph/graph';

/** A change that the graph makes to probabilities. The loss keeps it, in logarithms. */
export type Guard =
  /** Cuts them to [low, high]. */
  | { kind: 'clip'; low: number; high: number }
  /** Adds a small number, so that a logarithm stays finite. */
  | { kind: 'add'; amount: number };

/**
 * The kind of an output's numbers:
 * - `probabilities` and their logarithms, `logProbabilities`: the graph shows this
 * - `numbers`: nothing in the graph bounds them. They are logits to a loss of classes, values to one of values.
 */
export type PredictionKind = 'numbers' | 'probabilities' | 'logProbabilities';

/** `categorical`: one class of several, along `classAxis`. `bernoulli`: every number is an independent yes or no. */
export type Family = 'categorical' | 'bernoulli';

/** What a loss needs to know about an output of the model. */
export interface Prediction {
  kind: PredictionKind;
  family: Family | null;
  /** Axis of the output that the probabilities sum to one along; null unless categorical. */
  classAxis: number | null;
  /**
   * In the layout of the output. The graph computes the softmax along the class axis, or the sigmoid, of these numbers.
   * Null if they are not available.
   */
  logits: Value | null;
  /** In the order in which the graph applies them to the probabilities; for categorical ones only. */
  guards: readonly Guard[];
  /** The operator that computes it, for people: "Softmax". */
  form: string;
  /** True if a clip to [0, 1] computes them: they may be probabilities or the brightness of pixels. */
  weak?: boolean;
}

/** The prediction of an output in which the graph shows no probabilities. */
export const NUMBERS: Prediction = {
  kind: 'numbers',
  family: null,
  classAxis: null,
  logits: null,
  guards: [],
  form: '',
};

/** Probabilities, or their logarithms, of independent yes or no answers. */
export function bernoulli(form: string, logits: Value | null, kind: PredictionKind = 'probabilities'): Prediction {
  return { ...NUMBERS, kind, family: 'bernoulli', logits, form };
}

export function categorical(
  form: string,
  logits: Value | null,
  classAxis: number,
  kind: PredictionKind = 'probabilities',
): Prediction {
  return { ...NUMBERS, kind, family: 'categorical', classAxis, logits, form };
}
