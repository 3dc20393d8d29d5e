import type { SampleParts } from './parts';
import { classes, dense, drawn, glorot, he, zeros } from './parts';

const TASK = { samples: 96, features: 8, count: 4 };
const LOSS = { loss: 'cross_entropy' } as const;

function task(stream: string) {
  const { x, target, rows } = classes(TASK.samples, TASK.features, TASK.count, 1, stream);
  return { rows, data: { x, target } };
}

const widths = (hidden: number, width: number): number[] => [
  TASK.features,
  ...zeros(hidden).map(() => width),
  TASK.count,
];

/** The weights are so small that the hidden values are 1/2 for every input. */
export function plateau(): SampleParts {
  const layers = drawn(widths(6, 10), (inputs, outputs) => 0.2 * glorot(inputs, outputs), 'plateau');
  return { graph: dense(layers, 'Sigmoid'), data: task('plateau').data, options: LOSS };
}

export function vanishingGradient(): SampleParts {
  const layers = drawn(widths(8, 10), glorot, 'vanishing gradient');
  return { graph: dense(layers, 'Sigmoid'), data: task('vanishing gradient').data, options: LOSS };
}

export function explodingGradient(): SampleParts {
  const layers = drawn(widths(10, 12), (inputs, outputs) => 4 * glorot(inputs, outputs), 'exploding gradient');
  return { graph: dense(layers, 'Sin'), data: task('exploding gradient').data, options: LOSS };
}

export function initialization(): SampleParts {
  const layers = drawn(widths(8, 12), (inputs) => he(inputs) / 3, 'initialization');
  return { graph: dense(layers, 'Relu'), data: task('initialization').data, options: LOSS };
}
