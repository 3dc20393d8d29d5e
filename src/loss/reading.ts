import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import type { LossName } from '../options/options';
import type { Guard, Prediction } from './prediction';

/** What a loss reads of an output. */
export interface Reading {
  /** The scale of `source`; `values` are compared with the targets as they are. */
  take: 'logits' | 'logProbabilities' | 'probabilities' | 'values';
  /** In the layout of the output. */
  source: Value;
  /** Kept behind the softmax. */
  guards: readonly Guard[];
  /** Description for people: "logits below the final Softmax of «output»". */
  name: string;
}

export interface ReadingRequest {
  loss: LossName;
  output: Value;
  outputName: string;
  prediction: Prediction;
  /** Of the output, for losses of classes. */
  classAxis: number;
}

/**
 * How a loss reads an output. A loss of classes or of yes and no is −log of the probability that the model assigns to the
 * target, however the graph writes that probability. If the logits below it are known, the loss reads them. If the kind of
 * the numbers is unknown, the name of the loss decides it, as in PyTorch.
 */
export function readingOf(g: GraphBuilder, request: ReadingRequest): Reading {
  const { loss, output, outputName, prediction, classAxis } = request;
  const named = `«${outputName}»`;
  const whole = (take: Reading['take'], what: string): Reading => ({
    take,
    source: output,
    guards: [],
    name: what + named,
  });
  const { kind, family, logits, guards, form } = prediction;
  if (loss === 'cross_entropy' || loss === 'nll') {
    const fits = family === 'categorical' && prediction.classAxis === classAxis;
    if (fits && logits) return { take: 'logits', source: logits, guards, name: below(form) + named };
    if (fits && kind === 'probabilities') return whole('probabilities', 'probabilities of ');
    if (fits || loss === 'nll') return whole('logProbabilities', 'log-probabilities of ');
    return whole('logits', 'logits of ');
  }
  if (loss === 'bce' || loss === 'bce_with_logits') {
    const binary = kind === 'probabilities' && binaryLogits(g, prediction);
    if (binary) return { take: 'logits', source: binary, guards: [], name: below(form) + named };
    const known = kind === 'probabilities' && !prediction.weak;
    return known || loss === 'bce' ? whole('probabilities', 'probabilities of ') : whole('logits', 'logits of ');
  }
  return whole('values', '');
}

const below = (form: string) => `logits below the ${form.startsWith('two') ? '' : 'final '}${form} of `;

/** Numbers whose sigmoids are the probabilities, element by element; null if not available. */
function binaryLogits(g: GraphBuilder, { family, logits, classAxis, guards }: Prediction): Value | null {
  if (!logits || family === 'bernoulli') return logits;
  if (classAxis === null || guards.length > 0 || logits.shape[classAxis] !== 2) return null;
  // Of two classes, each against the other.
  return g.sub(logits, g.sliceAxis(logits, classAxis, 1, -1, -1));
}
