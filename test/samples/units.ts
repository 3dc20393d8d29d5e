import type { Tensor } from '../../src/graph/tensor';
import { floats } from '../unit/sourceGraph';
import type { Dense, SampleParts } from './parts';
import { classes, dense, drawn, glorot, he, matrix, zeros } from './parts';

const [FEATURES, CLASSES] = [8, 4];
const LOSS = { loss: 'cross_entropy' } as const;

function task(stream: string) {
  const { rows, x, target } = classes(96, FEATURES, CLASSES, 1, stream);
  return { rows, data: { x, target } };
}

/** The matrix with each element replaced. */
function changed({ shape, data }: Tensor, change: (value: number, row: number, column: number) => number): Tensor {
  const columns = shape[1];
  return floats(
    Array.from({ length: data.length }, (_, at) => change(Number(data[at]), Math.floor(at / columns), at % columns)),
    shape,
  );
}

export function symmetry(): SampleParts {
  const [first, second] = drawn([FEATURES, 8, CLASSES], glorot, 'symmetry');
  const source = (unit: number): number => (unit < 3 ? 0 : unit);
  const layers: Dense[] = [
    { ...first, weight: changed(first.weight, (_, row, unit) => Number(first.weight.data[8 * row + source(unit)])) },
    {
      ...second,
      weight: changed(second.weight, (_, unit, column) => Number(second.weight.data[CLASSES * source(unit) + column])),
    },
  ];
  return { graph: dense(layers, 'Tanh'), data: task('symmetry').data, options: LOSS };
}

export function rescaling(): SampleParts {
  const [first, second, third] = drawn([FEATURES, 12, 12, CLASSES], he, 'rescaling');
  const layers = [
    { ...first, weight: changed(first.weight, (value) => 30 * value) },
    { ...second, weight: changed(second.weight, (value) => value / 30) },
    third,
  ];
  return { graph: dense(layers, 'Relu'), data: task('rescaling').data, options: LOSS };
}

export function deadUnits(): SampleParts {
  const [first, second] = drawn([FEATURES, 16, CLASSES], he, 'dead units');
  const bias = zeros(16).map((_, unit) => (unit % 8 < 3 ? -30 : 0));
  return { graph: dense([{ ...first, bias }, second], 'Relu'), data: task('dead units').data, options: LOSS };
}

/** Normal features become numbers from 0 to 255 of mean 128. */
export function saturation(): SampleParts {
  const layers = drawn([FEATURES, 12, 12, CLASSES], glorot, 'saturation');
  const { rows, data } = task('saturation');
  const pixels = rows.map((row) => row.map((value) => Math.min(255, Math.max(0, Math.round(128 + 40 * value)))));
  return { graph: dense(layers, 'Tanh'), data: { ...data, x: matrix(pixels) }, options: LOSS };
}
