import type { Value } from '../graph/graph';

/** What the graph does to probabilities once it has them. It is kept, in logarithms. */
export type Guard =
  /** Cuts them to [low, high]. */
  | { kind: 'clip'; low: number; high: number }
  /** Adds a small number, so that a logarithm stays finite. */
  | { kind: 'add'; amount: number };

/**
 * What the numbers of an output are:
 * - `probabilities` and their logarithms, `logProbabilities`: the graph makes them so
 * - `numbers`: nothing in the graph bounds them. They are logits to a loss of classes, values to one of values.
 */
export type PredictionKind = 'numbers' | 'probabilities' | 'logProbabilities';

/** `categorical`: one class of several, along `classAxis`. `bernoulli`: every number has a yes or no of its own. */
export type Family = 'categorical' | 'bernoulli';

/** What an output of the model is, as a loss has to know it. */
export interface Prediction {
  kind: PredictionKind;
  family: Family | null;
  /** Axis of the output that the probabilities sum to one along; null unless categorical. */
  classAxis: number | null;
  /**
   * In the layout of the output: softmax along the class axis, or the sigmoid, of these numbers is what the graph gives.
   * Null where they cannot be had.
   */
  logits: Value | null;
  /** In the order in which the graph applies them to the probabilities; of categorical ones only. */
  guards: readonly Guard[];
  /** What makes it, for people: "Softmax". */
  form: string;
  /** A cut to [0, 1] makes them: probabilities perhaps, perhaps the brightness of a pixel. */
  weak?: boolean;
}

/** Of an output in which the graph shows no probabilities. */
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
