import { distributionAxes } from '../../data/distributions';
import type { Tensor } from '../../graph/tensor';
import { sizeOf } from '../../graph/tensor';

/** Targets that hold one number for each class. */
export interface ClassRows {
  /** [N, C, …positions] */
  target: Tensor;
  /** Index of the output's axis that holds the classes. */
  classAxis: number;
  notes: string[];
}

/** What the graph says about the axis of the classes. */
export interface GraphAxis {
  axis: number;
  /** Whether the graph or the user determines the axis. Otherwise it is a convention that the data may override. */
  known: boolean;
  /** Converts an axis to the number that the user would write. */
  written: (axis: number) => number;
}

/**
 * Recognizes targets that have a number for every class, as one-hot rows and distributions do. They have the output's
 * own shape, apart from axes of length 1, or have the classes on the second or last axis where the output has them
 * elsewhere.
 * @param output shape of the output
 * @returns null for class indices
 */
export function classRows(target: Tensor, output: readonly number[], graph: GraphAxis): ClassRows | null {
  const shape = [target.shape[0], ...output.slice(1)];
  const last = shape.length - 1;
  if (last < 1) return null;
  if (String(withoutOnes(target.shape)) === String(withoutOnes(shape))) {
    const rows = { ...target, shape };
    const axes = graph.known ? [] : [...distributionAxes(rows).keys()];
    const classAxis = axes.length === 1 ? axes[0] : graph.axis;
    const told = `Axis ${graph.written(classAxis)} holds the classes, because the targets sum to 1 along it.`;
    return { target: classesSecond(rows, classAxis), classAxis, notes: classAxis === graph.axis ? [] : [told] };
  }
  const { axis } = graph;
  const positions = shape.filter((_, i) => i !== 0 && i !== axis);
  const moved = [1, last].find((end) => {
    const expected = [shape[0], ...positions.toSpliced(end - 1, 0, shape[axis])];
    return String(target.shape) === String(expected) && distributionAxes(target).has(end);
  });
  if (moved === undefined) return null;
  const told = `The classes are on axis ${moved} of the targets, on axis ${graph.written(axis)} of the output.`;
  return { target: classesSecond(target, moved), classAxis: axis, notes: [told] };
}

const withoutOnes = ([samples, ...rest]: readonly number[]) => [samples, ...rest.filter((dim) => dim !== 1)];

/** [N, …, C, …] → [N, C, …], with C on `axis` of the argument. */
function classesSecond({ dtype, shape, data }: Tensor, axis: number): Tensor {
  if (axis === 1) return { dtype, shape, data };
  const classes = shape[axis];
  const before = sizeOf(shape.slice(1, axis));
  const after = sizeOf(shape.slice(axis + 1));
  const moved = data.slice();
  for (let n = 0, to = 0; n < shape[0]; n++) {
    for (let c = 0; c < classes; c++) {
      for (let b = 0; b < before; b++) {
        const from = ((n * before + b) * classes + c) * after;
        for (let a = 0; a < after; a++) moved[to++] = data[from + a];
      }
    }
  }
  return { dtype, shape: [shape[0], classes, ...shape.filter((_, i) => i !== 0 && i !== axis)], data: moved };
}
