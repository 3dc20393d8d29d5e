import type { WeightMeasurement } from '../report/sections/dynamics/weights';

/** Layers that follow one another with nothing but biases, activations and poolings between them. */
export interface SignalChain {
  /** Weights behind the first one that have an activation behind them, in order. */
  layers: readonly WeightMeasurement[];
  /** Whether every activation is bounded, so that the signal itself cannot show how large the weights are. */
  isBounded: boolean;
  /** Π ratio²: the factor of the signal's mean square by the rules of initialization. */
  factor: number;
}

const BOUNDED = new Set(['Tanh', 'Sigmoid', 'HardSigmoid', 'Softsign']);

/** Whether an activation is bounded on both sides. */
const isBounded = ({ activation }: WeightMeasurement): boolean => activation !== undefined && BOUNDED.has(activation);

/**
 * The chains of a network. The first weights of a chain are left out: the scale of their input is that of the data or of
 * something else. So are the last ones, whose output is no hidden signal.
 */
export function signalChains(weights: readonly WeightMeasurement[]): SignalChain[] {
  const byName = new Map(weights.map((weight) => [weight.parameter, weight]));
  const behind = new Set(weights.flatMap(({ next }) => next ?? []));
  return weights
    .filter(({ parameter, next }) => next !== undefined && !behind.has(parameter))
    .flatMap((first) => {
      const layers: WeightMeasurement[] = [];
      const seen = new Set<string>();
      let at = byName.get(first.next ?? '');
      while (at?.next !== undefined && !seen.has(at.parameter)) {
        seen.add(at.parameter);
        layers.push(at);
        at = byName.get(at.next);
      }
      const ratios = layers.map(({ ratio = NaN }) => ratio);
      if (layers.length === 0 || !ratios.every((ratio) => ratio > 0)) return [];
      return [
        {
          layers,
          isBounded: layers.every(isBounded),
          factor: ratios.reduce((product, ratio) => product * ratio ** 2, 1),
        },
      ];
    });
}
